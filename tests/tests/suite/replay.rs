//! The player of recordings: that it and they are as they were collected, and that its counts can be trusted.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::replay::{Target, folder, replay, replay_file};

/// The sums were made from the collection (`sha256sum replay.py recordings/*`).
#[test]
fn the_copies_are_those_of_the_collection() -> Result<()> {
    let sums = fs::read_to_string(folder().join("SHA256SUMS"))?;
    assert_eq!(differences(&folder(), &sums)?, [""; 0]);
    Ok(())
}

#[test]
fn a_copy_that_is_changed_missing_or_new_is_noticed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("replay.py"), "x")?;
    let x = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    for (sums, found) in [
        (format!("{x}  replay.py\n"), vec![]),
        (format!("{}  replay.py\n", x.replace('2', "3")), vec!["changed: replay.py"]),
        (format!("{x}  replay.py\n{x}  recordings/a.json\n"), vec!["missing: recordings/a.json"]),
        (String::new(), vec!["unknown: replay.py"]),
    ] {
        assert_eq!(differences(folder.path(), &sums)?, found, "{sums}");
    }
    Ok(())
}

/// What of a folder is not as its sums say.
fn differences(folder: &Path, sums: &str) -> Result<Vec<String>> {
    let known: BTreeMap<_, _> =
        sums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, file)| (file, sum)).collect();
    let there = files(folder, "")?;
    let missing = known.keys().filter(|file| !there.contains_key(**file)).map(|file| format!("missing: {file}"));
    let judged = there.iter().filter_map(|(file, sum)| match known.get(file.as_str()) {
        None => Some(format!("unknown: {file}")),
        Some(known) => (known != sum).then(|| format!("changed: {file}")),
    });
    Ok(missing.chain(judged).collect())
}

/// The files below a folder, by their path within it, with their SHA-256; not the list of sums.
fn files(folder: &Path, within: &str) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files(&entry.path(), &format!("{name}/"))?);
        } else if !["SHA256SUMS", "quirks.tsv"].contains(&name.as_str()) {
            let sum = Sha256::digest(fs::read(entry.path())?);
            found.insert(name, sum.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat());
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
