use std::ffi::OsString;

/// What the environment says to the suites: `ROLLCALL_TEST_DATABASE_URL`, `ROLLCALL_BIN`, `ROLLCALL_TEST_POSTGRES_BIN`.
#[expect(clippy::disallowed_methods, reason = "the one place where the harness reads the environment")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The names of all settings of Rollcall that the environment has; a process that is under test is to see none of them.
#[expect(clippy::disallowed_methods, reason = "to be taken away, not to be read")]
pub fn settings() -> Vec<OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter(|name| name.to_string_lossy().starts_with("ROLLCALL_")).collect()
}
