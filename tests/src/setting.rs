/// What the environment says to the suites: `ROLLCALL_TEST_DATABASE_URL`, `ROLLCALL_BIN`, `ROLLCALL_TEST_POSTGRES_BIN`.
#[expect(clippy::disallowed_methods, reason = "the one place where the harness reads the environment")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
