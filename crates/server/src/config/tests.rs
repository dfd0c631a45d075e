use std::ffi::OsString;
use std::fs;

use clap::{Arg, Command};
use tempfile::TempDir;

use super::*;
use crate::cli;

/// A line as it is typed, after `rollcall`, with a file of these settings.
fn parse_with(file: &str, line: &str) -> Result<Cli, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rollcall.toml");
    fs::write(&path, file).unwrap();
    let line = format!("rollcall {line} --config {}", path.display());
    parse(line.split(' ').map(OsString::from)).map_err(|error| error.to_string())
}

/// Where `serve` would listen, and from what level on it would log.
fn listens(file: &str, line: &str) -> (String, String) {
    let cli = parse_with(file, line).unwrap();
    let cli::Command::Serve(serve) = cli.command else { panic!("not serve") };
    (serve.http.listen.to_string(), cli.log.log_level)
}

#[test]
fn the_flag_goes_before_the_file_and_the_file_before_the_default() {
    let listens = |file, line| listens(file, line).0;
    assert_eq!(listens("", "serve"), "127.0.0.1:8080");
    assert_eq!(listens("listen = \"127.0.0.1:1\"", "serve"), "127.0.0.1:1");
    assert_eq!(listens("listen = \"127.0.0.1:1\"", "serve --listen 127.0.0.1:2"), "127.0.0.1:2");
}

/// The variable stands between flag and file: `tests/suite/cli.rs` sets real ones; here clap says that it knows it.
#[test]
fn every_flag_has_its_variable() {
    let mut seen = 0;
    each(&command(), "", &mut |prefix, argument| {
        let Some(long) = argument.get_long().filter(|long| !["help", "version"].contains(long)) else { return };
        let name = |prefix: &str| format!("ROLLCALL_{prefix}{long}").replace('-', "_").to_uppercase();
        let variable = argument.get_env().and_then(|name| name.to_str()).unwrap_or_default();
        assert!([name(""), name(prefix)].contains(&variable.to_owned()), "--{long} of {prefix} has {variable:?}");
        seen += 1;
    });
    assert!(seen > 30, "{seen}");
}

fn each(command: &Command, prefix: &str, check: &mut impl FnMut(&str, &Arg)) {
    command.get_arguments().for_each(|argument| check(prefix, argument));
    for inner in command.get_subcommands() {
        each(inner, &format!("{prefix}{}_", inner.get_name()), check);
    }
}

#[test]
fn general_settings_are_understood_before_and_behind_the_command() {
    for line in ["--log-level debug serve", "serve --log-level debug"] {
        assert_eq!(listens("", line).1, "debug", "{line}");
    }
    assert_eq!(listens("log_level = \"warn,bus=trace\"", "serve").1, "warn,bus=trace");
    assert!(parse_with("", "serve --json").unwrap().general.json);
    assert!(!parse_with("json = true", "serve --json=false").unwrap().general.json);
    assert!(parse_with("json = true", "serve").unwrap().general.json);
}

#[test]
fn what_is_required_may_stand_in_the_file() {
    let file = "simulate_scim = \"http://h/scim\"\nsimulate_token = \"se_x\"\nsimulate_users = 7";
    let cli = parse_with(file, "simulate okta --groups 3").unwrap();
    let cli::Command::Simulate(simulate) = cli.command else { panic!("not simulate") };
    assert_eq!((simulate.scim.as_str(), simulate.users, simulate.groups), ("http://h/scim", 7, 3));
    assert!(parse_with("", "simulate okta").is_err());
}

#[test]
fn a_file_that_is_wrong_is_refused_by_file_and_key() {
    for (file, problem) in [
        ("lisen = \"127.0.0.1:1\"", "rollcall.toml: unknown key `lisen`"),
        ("config = \"other.toml\"", "unknown key `config`"),
        ("master_key = \"00\"", "unknown key `master_key`"),
        ("[listen]\naddress = 1", "`listen` must be a text, a number, true or false"),
        ("listen = \"here\"", "`listen`: invalid value 'here' for '--listen <ADDRESS>'"),
        ("webhook_timeout = 11", "`webhook_timeout`: invalid value '11'"),
        ("allow_private_endpoints = \"maybe\"", "`allow_private_endpoints`: invalid value 'maybe'"),
        ("log_format = \"xml\"", "`log_format`: invalid value 'xml'"),
        ("write_connections = 0", "`write_connections`: invalid value '0'"),
        ("public_url = \"ftp://h\"", "it must begin with http:// or https:// and a host"),
        ("database_url = \"mysql://h\"", "it must begin with postgres:// or sqlite://"),
        ("listen = ", "rollcall.toml: line 1: "),
    ] {
        let error = parse_with(file, "serve").err().unwrap_or_default();
        assert!(error.contains("rollcall.toml: ") && error.contains(problem), "{file}: {error}");
    }
    let missing = parse(["rollcall", "serve", "--config", "/nowhere.toml"].map(OsString::from)).err().unwrap();
    assert!(missing.to_string().contains("/nowhere.toml: No such file"), "{missing}");
    assert_eq!(missing.exit_code(), 2);
}

#[test]
fn a_secret_of_the_file_is_not_shown_as_a_default() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rollcall.toml");
    let secrets =
        ["database_url = \"postgres://u:hunter2@h/d\"", "simulate_token = \"hunter2\"", "receive_secret = \"hunter2\""];
    fs::write(&path, secrets.join("\n") + "\nsimulate_users = 7").unwrap();
    let mut command = file::apply(command(), &path).unwrap();
    let mut help = |name: &str| command.find_subcommand_mut(name).unwrap().render_long_help().to_string();
    for name in ["serve", "simulate", "receive"] {
        assert!(!help(name).contains("hunter2"), "{}", help(name));
    }
    assert!(help("simulate").contains("[default: 7]"), "the rest is shown: {}", help("simulate"));
}

#[test]
fn an_error_does_not_repeat_a_secret() {
    for (file, line) in [
        ("database_url = \"mysql://u:hunter2@h/d\"", "serve"),
        ("database_url = \"postgres://u:hunter2@h/d", "serve"),
        ("", "serve --database-url mysql://u:hunter2@h/d"),
    ] {
        let error = parse_with(file, line).err().unwrap();
        assert!(error.contains("must begin with postgres://") || error.contains("line 1: "), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn urls_lose_the_slash_at_their_end() {
    let cli = parse_with("public_url = \"https://rollcall.example/\"", "serve").unwrap();
    let cli::Command::Serve(serve) = cli.command else { panic!("not serve") };
    assert_eq!(serve.http.public.public_url.as_deref(), Some("https://rollcall.example"));
}

#[test]
fn the_committed_sample_is_the_generated_one() {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/rollcall.toml");
    assert_eq!(fs::read_to_string(committed).unwrap(), sample(), "run: rollcall config sample > deploy/rollcall.toml");
}

/// A default that is written out changes nothing.
#[test]
fn the_samples_defaults_are_accepted() {
    let has_default = |key: &str| known_keys().iter().any(|(known, default)| known == key && *default);
    let lines = sample().lines().filter_map(|line| line.strip_prefix('#')).map(str::to_owned).collect::<Vec<_>>();
    let settings = lines.iter().filter(|line| line.split(" = ").next().is_some_and(has_default));
    let settings: Vec<_> = settings.cloned().collect();
    assert!(settings.len() > 10, "{settings:?}");
    parse_with(&settings.join("\n"), "serve").unwrap();
}

/// Every key, and whether it has a default.
fn known_keys() -> Vec<(String, bool)> {
    let mut keys = Vec::new();
    each(&command(), "", &mut |_, argument| {
        keys.extend(key(argument).map(|key| (key, !argument.get_default_values().is_empty())));
    });
    keys
}

#[test]
fn there_is_one_master_key() {
    let storage =
        |file: Option<&str>| Storage { master_key_file: file.map(Into::into), ..Storage::embedded("d".as_ref()) };
    let source = |file, variable: Option<&str>| storage(file).master_key_or(variable.map(str::to_owned));
    assert_eq!(source(None, None).unwrap(), MasterKeySource::Folder("d".into()));
    assert_eq!(source(None, Some("")).unwrap(), MasterKeySource::Folder("d".into()));
    assert_eq!(source(Some("f"), None).unwrap(), MasterKeySource::File("f".into()));
    assert_eq!(source(None, Some("k")).unwrap(), MasterKeySource::Given("k".to_owned()));
    assert!(source(Some("f"), Some("k")).unwrap_err().to_string().starts_with("there are two master keys"));
}

#[test]
fn another_command_finds_the_same_state() {
    let storage = Storage::embedded("./rollcall-data".as_ref());
    assert_eq!(storage.as_flags(), "");
    let storage =
        Storage { database_url: Some("postgres://u:secret@h/d".to_owned()), ..Storage::embedded("/x".as_ref()) };
    assert_eq!(storage.as_flags(), " --data-dir /x --database-url postgres://u:PASSWORD@h/d");
    let given = Storage { database_url: Some("postgres://h/d?user=u&password=secret".to_owned()), ..storage };
    let given = Storage { data_dir: "my data".into(), master_key_file: Some("/its key".into()), ..given };
    let (folder, key) = (" --data-dir 'my data'", " --master-key-file '/its key'");
    let database = " --database-url 'postgres://h/d?user=u&password=PASSWORD'";
    assert_eq!(given.as_flags(), [folder, database, key].concat());
}
