use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::Result;
use serde_json::json;
use tempfile::TempDir;

use super::Node;

/// Plays the binary: `serve` answers 200 to all and ends with 0 on SIGTERM; every other command prints its arguments.
const STAND_IN: &str = r#"#!/usr/bin/env python3
import http.server, json, os, signal, sys
arguments = sys.argv[1:]
if arguments[0] == "fail":
    sys.exit("no such thing")
if arguments[0] != "serve":
    print(json.dumps({"arguments": arguments, "environment": [k for k in os.environ if k.startswith("ROLLCALL_")]}))
    sys.exit()
if "--crash" in arguments:
    sys.exit("the folder is taken")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
host, port = arguments[arguments.index("--listen") + 1].split(":")
server = http.server.HTTPServer((host, int(port)), Handler)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print(json.dumps({"listening": "127.0.0.1:%d" % server.server_port}), flush=True)
server.serve_forever()
"#;

fn node() -> Result<(TempDir, Node)> {
    let folder = tempfile::tempdir()?;
    let binary = folder.path().join("rollcall");
    fs::write(&binary, STAND_IN)?;
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755))?;
    Ok((folder, Node::new(binary, Some("sqlite://x"))?))
}

#[tokio::test]
async fn serves_is_killed_serves_again_at_the_same_address_and_ends_in_order() -> Result<()> {
    let (_binary, node) = node()?;
    let first = node.serve().await?;
    let address = first.address();
    assert_eq!(reqwest::Client::builder().build()?.get(first.url()).send().await?.status(), 200);
    first.kill().await?;
    let second = node.serve_at(address).await?;
    assert_eq!(second.address(), address);
    assert_eq!(second.terminate().await?.code(), Some(0));
    Ok(())
}

#[tokio::test]
async fn a_start_that_fails_says_what_was_printed() -> Result<()> {
    let (_binary, node) = node()?;
    let error = format!("{:#}", node.with(&["--crash"]).serve().await.err().unwrap());
    assert!(error.contains("the folder is taken") && error.contains("exit status: 1"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_command_runs_on_the_nodes_state_and_no_setting_of_ours() -> Result<()> {
    let (_binary, node) = node()?;
    let folder = node.folder().display().to_string();
    let ran = node.run(&["migrate"]).await?;
    let arguments = json!(["migrate", "--data-dir", folder, "--database-url", "sqlite://x", "--json"]);
    assert_eq!(ran, json!({ "arguments": arguments, "environment": [] }));
    let error = format!("{:#}", node.run(&["fail"]).await.unwrap_err());
    assert!(error.contains("no such thing"), "{error}");
    Ok(())
}
