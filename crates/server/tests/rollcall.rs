//! The binary as it is typed, where no state is given to it: what it answers, on which stream, with which exit code.

use std::process::{Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

/// How long anything here may take; what still runs then is killed.
const LIMIT: Duration = Duration::from_mins(2);

/// `rollcall` with these arguments and variables, in a folder of its own.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Run> {
    let folder = TempDir::new()?;
    let mut command = rollcall(arguments);
    let run = command.envs(variables.iter().copied()).current_dir(folder.path()).output();
    let ended = timeout(LIMIT, run).await.with_context(|| format!("{arguments:?} does not end"))?;
    let Output { status, stdout, stderr } = ended?;
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "{arguments:?} leaves something behind");
    Ok(Run { code: status.code(), out: String::from_utf8(stdout)?, err: String::from_utf8(stderr)? })
}

/// The binary, which no setting of the caller's environment reaches, and which does not outlive its test.
fn rollcall(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    for name in tests::setting::settings() {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// The one object on standard output.
fn object(run: &Run) -> Result<Value> {
    assert_eq!(run.out.matches('\n').count(), 1, "{}", run.out);
    serde_json::from_str(&run.out).with_context(|| format!("{}{}", run.out, run.err))
}

#[tokio::test]
async fn it_knows_its_version() -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(run(&["version"], &[]).await?.out, format!("rollcall {version}\n"));
    let answer = object(&run(&["version", "--json"], &[]).await?)?;
    assert_eq!(answer, serde_json::json!({ "name": "rollcall", "version": version }));
    Ok(())
}

/// Flag before variable before file: with and without each of them.
#[tokio::test]
async fn the_variable_stands_between_the_flag_and_the_file() -> Result<()> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), "json = true")?;
    let file = file.path().to_str().context("UTF-8")?;
    for (arguments, variables, expected) in [
        (&[][..], &[][..], false),
        (&["--config", file], &[], true),
        (&[], &[("ROLLCALL_CONFIG", file)], true),
        (&["--config", file], &[("ROLLCALL_JSON", "no")], false),
        (&["--config", file, "--json"], &[("ROLLCALL_JSON", "no")], true),
        (&["--config", file, "--json=false"], &[("ROLLCALL_JSON", "yes")], false),
    ] {
        let run = run(&[&["version"], arguments].concat(), variables).await?;
        assert_eq!(run.out.starts_with('{'), expected, "{arguments:?} {variables:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_sample_is_the_committed_one() -> Result<()> {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/rollcall.toml"))?;
    assert_eq!(run(&["config", "sample"], &[]).await?.out, committed);
    assert_eq!(object(&run(&["config", "sample", "--json"], &[]).await?)?["toml"], committed);
    Ok(())
}

#[tokio::test]
async fn the_openapi_document_is_json() -> Result<()> {
    let document: Value = serde_json::from_str(&run(&["openapi"], &[]).await?.out)?;
    assert!(document["paths"]["/directories"]["post"].is_object());
    Ok(())
}

#[tokio::test]
async fn what_is_not_understood_ends_with_2_and_what_fails_with_1() -> Result<()> {
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
        let run = run(arguments, &[]).await?;
        assert_eq!((run.code, run.out.as_str()), (Some(code), ""), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(problem), "{arguments:?}: {}", run.err);
    }
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_refused_ends_with_1_and_says_what_it_got() -> Result<()> {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let scim = format!("http://{nobody}/scim/v2.0/x");
    let run = run(&["simulate", "okta", "--scim", &scim, "--token", "se_x", "--json"], &[]).await?;
    assert_eq!(run.code, Some(1), "{}", run.err);
    let summary = object(&run)?;
    assert_eq!((&summary["clean"], &summary["requests"]), (&Value::from(false), &Value::from(1)));
    Ok(())
}

#[tokio::test]
async fn a_receiver_prints_each_delivery_and_ends_in_order() -> Result<()> {
    timeout(LIMIT, receive()).await.context("it does not end")?
}

async fn receive() -> Result<()> {
    let arguments = ["receive", "--listen", "127.0.0.1:0", "--secret", "whsec_x", "--path", "/hook", "--json"];
    let mut child = rollcall(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines();
    let mut next =
        async || -> Result<Value> { Ok(serde_json::from_str(&lines.next_line().await?.context("a line")?)?) };
    let first = next().await?;
    let address = first["listening"].as_str().context("listening")?.to_owned();
    assert_eq!(first["url"], format!("http://{address}/hook"));

    let body = r#"{"id":"event_1","event":"dsync.activated"}"#;
    let request = format!("POST /hook HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    assert!(answer.starts_with("HTTP/1.0 401 "), "{answer}");
    let second = next().await?;
    assert_eq!((&second["verified"], &second["event"]["id"]), (&Value::from(false), &Value::from("event_1")));

    let id = child.id().context("it runs")?.to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await?.success());
    assert_eq!(child.wait().await?.code(), Some(0));
    Ok(())
}

/// Acceptance 1: for each directory, recorded = delivered = verified.
#[tokio::test]
async fn the_demo_delivers_what_it_records() -> Result<()> {
    let run = run(&["demo", "--exit", "--users", "12", "--groups", "5", "--json"], &[]).await?;
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
