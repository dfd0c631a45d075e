//! The player of recordings: that it is the original, and that its counts can be trusted.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;

use anyhow::Result;
use serde_json::{Value, json};
use tests::replay::{Target, folder, replay, replay_file};

#[test]
fn the_copies_are_those_of_the_collection() -> Result<()> {
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/idp");
    assert_eq!(differences(&folder(), &original)?, [""; 0]);
    Ok(())
}

#[test]
fn a_changed_copy_is_noticed() -> Result<()> {
    let (copy, original) = (tempfile::tempdir()?, tempfile::tempdir()?);
    fs::write(copy.path().join("replay.py"), "changed")?;
    assert_eq!(differences(copy.path(), original.path())?, [""; 0], "there is no original to differ from");
    fs::write(original.path().join("replay.py"), "original")?;
    assert_eq!(differences(copy.path(), original.path())?, ["replay.py"]);
    Ok(())
}

/// The files of `copy` that `original` has with other bytes.
fn differences(copy: &Path, original: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(copy)? {
        let entry = entry?;
        let (copy, original) = (entry.path(), original.join(entry.file_name()));
        if copy.is_dir() {
            found.extend(differences(&copy, &original)?);
        } else if original.exists() && fs::read(&copy)? != fs::read(&original)? {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(found)
}

#[tokio::test]
async fn passed_and_failed_steps_are_counted() -> Result<()> {
    let step =
        |name: &str, status: u16| json!({"name": name, "method": "GET", "path": "/Users", "expect_status": [status]});
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), Value::from(vec![step("as it should", 200), step("not so", 404)]).to_string())?;
    let outcome = replay_file(&target(&stand_in()?), file.path()).await?;
    assert_eq!((outcome.passed, outcome.failed), (1, 1), "{}", outcome.output);
    assert!(outcome.output.contains("2 not so: GET /Users"), "{}", outcome.output);
    Ok(())
}

#[tokio::test]
async fn nobody_there_is_an_error_that_says_so() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    drop(listener);
    let error = format!("{:#}", replay(&target(&url), "okta-import").await.unwrap_err());
    assert!(error.contains("ConnectionRefusedError"), "{error}");
    Ok(())
}

fn target(url: &str) -> Target {
    let [scim, token, api, api_key, directory] = [url, "token", url, "key", "directory_1"].map(str::to_owned);
    Target { scim, token, api, api_key, directory }
}

/// A server that answers an empty page to whatever it is asked, until the process ends.
fn stand_in() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream));
        }
    });
    Ok(url)
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    const PAGE: &str = r#"{"data":[],"list_metadata":{}}"#;
    for line in BufReader::new(stream).lines() {
        if line?.is_empty() {
            let length = PAGE.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: {length}\r\n\r\n{PAGE}"
            )?;
        }
    }
    Ok(())
}
