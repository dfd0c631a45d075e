//! The binary as it is typed, where no state is given to it: what it answers, on which stream, with which exit code.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;

/// `rollcall` with these arguments and variables, in a folder of its own.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Run> {
    let folder = TempDir::new()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ROLLCALL_")) {
        command.env_remove(name);
    }
    let command = command.args(arguments).envs(variables.iter().copied()).current_dir(folder.path());
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output()?;
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "{arguments:?} leaves something behind");
    Ok(Run { code: status.code(), out: String::from_utf8(stdout)?, err: String::from_utf8(stderr)? })
}

/// The one object on standard output.
fn object(run: &Run) -> Result<Value> {
    assert_eq!(run.out.matches('\n').count(), 1, "{}", run.out);
    serde_json::from_str(&run.out).with_context(|| format!("{}{}", run.out, run.err))
}

#[test]
fn it_knows_its_version() -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(run(&["version"], &[])?.out, format!("rollcall {version}\n"));
    let answer = object(&run(&["version", "--json"], &[])?)?;
    assert_eq!(answer, serde_json::json!({ "name": "rollcall", "version": version }));
    Ok(())
}

/// Flag before variable before file: with and without each of them.
#[test]
fn the_variable_stands_between_the_flag_and_the_file() -> Result<()> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), "json = true")?;
    let file = file.path().to_str().context("UTF-8")?;
    let is_json = |arguments: &[&str], variables: &[(&str, &str)]| -> Result<bool> {
        Ok(run(&[&["version"], arguments].concat(), variables)?.out.starts_with('{'))
    };
    assert!(!is_json(&[], &[])?);
    assert!(is_json(&["--config", file], &[])?);
    assert!(is_json(&[], &[("ROLLCALL_CONFIG", file)])?);
    assert!(!is_json(&["--config", file], &[("ROLLCALL_JSON", "no")])?);
    assert!(is_json(&["--config", file, "--json"], &[("ROLLCALL_JSON", "no")])?);
    assert!(!is_json(&["--config", file, "--json=false"], &[("ROLLCALL_JSON", "yes")])?);
    Ok(())
}

#[test]
fn the_sample_is_the_committed_one() -> Result<()> {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/rollcall.toml"))?;
    assert_eq!(run(&["config", "sample"], &[])?.out, committed);
    assert_eq!(object(&run(&["config", "sample", "--json"], &[])?)?["toml"], committed);
    Ok(())
}

#[test]
fn the_openapi_document_is_json() -> Result<()> {
    let document: Value = serde_json::from_str(&run(&["openapi"], &[])?.out)?;
    assert!(document["paths"]["/directories"]["post"].is_object());
    Ok(())
}

#[test]
fn what_is_not_understood_ends_with_2_and_what_fails_with_1() -> Result<()> {
    for (arguments, code, problem) in [
        (&[][..], 2, "Usage: rollcall"),
        (&["serv"][..], 2, "serve"),
        (&["serve", "--listen", "here"][..], 2, "invalid value 'here'"),
        (&["serve", "--config", "/nowhere.toml"][..], 2, "/nowhere.toml: No such file"),
        (&["simulate", "ping", "--scim", "http://h", "--token", "t"][..], 2, "known are okta and entra"),
        (&["simulate", "okta", "--scim", "ftp://h", "--token", "t"][..], 1, "not an http or https address"),
        (&["environment", "create", "--name", "x"][..], 1, "there is no ./rollcall-data/rollcall.db"),
        (&["receive", "--listen", "192.0.2.1:1", "--secret", "whsec_x"][..], 1, "cannot listen on 192.0.2.1:1"),
    ] {
        let run = run(arguments, &[])?;
        assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(problem), "{arguments:?}: {}", run.err);
    }
    Ok(())
}

#[test]
fn a_provider_that_is_refused_ends_with_1_and_says_what_it_got() -> Result<()> {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let scim = format!("http://{nobody}/scim/v2.0/x");
    let run = run(&["simulate", "okta", "--scim", &scim, "--token", "se_x", "--json"], &[])?;
    assert_eq!(run.code, Some(1), "{}", run.err);
    let summary = object(&run)?;
    assert_eq!((&summary["clean"], &summary["requests"]), (&Value::from(false), &Value::from(1)));
    Ok(())
}

#[test]
fn a_receiver_prints_each_delivery_and_ends_in_order() -> Result<()> {
    let receive = ["receive", "--listen", "127.0.0.1:0", "--secret", "whsec_x", "--path", "/hook", "--json"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_rollcall")).args(receive).stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines();
    let mut next = || -> Result<Value> { Ok(serde_json::from_str(&lines.next().context("a line")??)?) };
    let first = next()?;
    let address = first["listening"].as_str().context("listening")?.to_owned();
    assert_eq!(first["url"], format!("http://{address}/hook"));

    let body = r#"{"id":"event_1","event":"dsync.activated"}"#;
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "POST /hook HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    assert!(answer.starts_with("HTTP/1.0 401 "), "{answer}");
    let second = next()?;
    assert_eq!((&second["verified"], &second["event"]["id"]), (&Value::from(false), &Value::from("event_1")));

    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status()?.success());
    assert_eq!(child.wait()?.code(), Some(0));
    Ok(())
}

/// Acceptance 1: for each directory, recorded = delivered = verified.
#[test]
fn the_demo_delivers_what_it_records() -> Result<()> {
    let run = run(&["demo", "--exit", "--users", "12", "--groups", "5", "--json"], &[])?;
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let report = object(&run)?;
    assert_eq!(report["ok"], true);
    let rows = report["directories"].as_array().context("directories")?.iter().chain([&report["all"]]);
    for row in rows {
        let [recorded, delivered, verified] = ["recorded", "delivered", "verified"].map(|name| row[name].as_u64());
        assert!(recorded > Some(20) && recorded == delivered && delivered == verified, "{row}");
    }
    Ok(())
}
