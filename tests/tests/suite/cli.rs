//! The command line on a node's state: what each command answers, beside a running `serve` and without one.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use serde_json::{Value, json};
use tests::process::{Node, Serving};
use tests::{Database, Kind, on_each_database, until};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

on_each_database!(
    commands_work_beside_a_running_node,
    what_is_named_must_be_there,
    a_folder_is_served_once,
    told_to_end_it_ends_in_order_and_keeps_everything,
    a_database_is_made_and_kept_up_to_date,
    what_was_begun_is_finished,
    nodes_on_one_database_share_the_key,
    nodes_that_begin_at_once_agree_on_a_key,
    a_directory_is_told_the_url_of_its_node,
    readiness_is_that_of_the_database,
);

/// What a newcomer types, one after the other.
struct Typed {
    key: String,
    organization: Value,
    directory: Value,
}

async fn type_all(node: &Node) -> Result<Typed> {
    let environment = node.run(&["environment", "create", "--name", "staging"]).await?;
    assert_eq!(environment, json!({ "id": environment["id"], "name": "staging" }));
    let id = text(&environment, "id")?;
    assert!(id.starts_with("environment_"), "{id}");

    let key = node.run(&["api-key", "create", "--environment", id, "--name", "app"]).await?;
    assert_eq!(key, json!({ "id": key["id"], "value": key["value"] }));
    let organization = node.run(&["organization", "create", "--environment", id, "--name", "Acme"]).await?;
    let id = text(&organization, "id")?;
    let create = ["directory", "create", "--organization", id, "--type", "entra", "--name", "People"];
    let directory = node.run(&create).await?;
    Ok(Typed { key: text(&key, "value")?.to_owned(), organization, directory })
}

async fn commands_work_beside_a_running_node(database: Database) -> Result<()> {
    let node = Node::on(&database).await?;
    let serving = node.serve().await?;
    let Typed { key, organization, directory } = type_all(&node).await?;
    assert!(key.starts_with("sk_"));
    for (what, path) in [(&organization, "organizations"), (&directory, "directories")] {
        let shown = api(&serving, &key, &format!("/{path}/{}", text(what, "id")?)).await?;
        for (name, value) in shown.as_object().context("an object")? {
            assert_eq!(&what[name], value, "{path}: {name}");
        }
    }
    assert_eq!((&directory["type"], &directory["state"]), (&json!("azure scim v2.0"), &json!("validating")));
    let (scim, token) = (text(&directory, "scim_endpoint")?, text(&directory, "bearer_token")?);
    assert!(scim.starts_with(&format!("{}/scim/v2.0/", serving.url())), "{scim}");
    let answer = client()?.get(format!("{scim}/Users")).bearer_auth(token).send().await?;
    assert_eq!(answer.status(), 200);
    Ok(())
}

async fn what_is_named_must_be_there(database: Database) -> Result<()> {
    let node = Node::on(&database).await?;
    let error = failure(&node, &["environment", "create", "--name", "staging"]).await;
    assert!(error.contains("exit status: 1") && error.contains("rollcall migrate"), "{error}");
    node.run(&["migrate"]).await?;
    let environment = "environment_01HF7YAT00Z2RAY2RMT8R4QZ7A";
    let key = ["api-key", "create", "--environment", environment, "--name", "app"];
    let organization = ["organization", "create", "--environment", environment, "--name", "Acme"];
    let nowhere = "org_01HF7YAT00Z2RAY2RMT8R4QZ7A";
    let directory = ["directory", "create", "--organization", nowhere, "--type", "okta", "--name", "Okta"];
    for (command, missing) in [(&key[..], environment), (&organization[..], environment), (&directory[..], nowhere)] {
        let error = failure(&node, command).await;
        assert!(error.contains("exit status: 1") && error.contains(missing), "{error}");
    }
    for (command, problem) in [
        (&["api-key", "create", "--environment", nowhere, "--name", "app"][..], "not an id of this kind"),
        (&["directory", "create", "--organization", nowhere, "--type", "paper", "--name", "x"][..], "known are okta"),
        (&["environment", "create"][..], "--name <NAME>"),
    ] {
        let error = failure(&node, command).await;
        assert!(error.contains("exit status: 2") && error.contains(problem), "{error}");
    }
    Ok(())
}

async fn a_folder_is_served_once(database: Database) -> Result<()> {
    let node = Node::on(&database).await?;
    let serving = node.serve().await?;
    let error = failure(&node, &["serve", "--listen", "127.0.0.1:0"]).await;
    let folder = node.folder().display().to_string();
    for part in ["another `rollcall serve`", &serving.url(), &folder, "exit status: 1"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    serving.kill().await?;
    node.serve().await?;
    Ok(())
}

async fn told_to_end_it_ends_in_order_and_keeps_everything(database: Database) -> Result<()> {
    let node = Node::on(&database).await?;
    let serving = node.serve().await?;
    let Typed { key, organization, .. } = type_all(&node).await?;
    // A connection that is kept open does not hold it up.
    let idle = client()?;
    idle.get(format!("{}/healthz", serving.url())).send().await?;
    assert_eq!(serving.terminate().await?.code(), Some(0));
    let again = node.serve().await?;
    assert_eq!(api(&again, &key, "/organizations").await?["data"], json!([organization]));
    Ok(())
}

async fn a_database_is_made_and_kept_up_to_date(database: Database) -> Result<()> {
    let node = Node::on(&database).await?;
    let check = ["migrate", "--check"];
    let refused = format!("{:#}", node.run(&check).await.unwrap_err());
    assert!(refused.contains("`rollcall migrate`"), "{refused}");
    for _ in 0..2 {
        assert_eq!(node.run(&["migrate"]).await?["migrated"], true);
    }
    assert_eq!(node.run(&check).await?["migrated"], false);
    database.execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)").await?;
    let refused = format!("{:#}", node.run(&check).await.unwrap_err());
    assert!(refused.contains("newer version") && refused.contains("m9999_later"), "{refused}");
    database.execute("DELETE FROM seaql_migrations WHERE version = 'm9999_later'").await?;
    node.run(&["environment", "create", "--name", "staging"]).await?;
    Ok(())
}

/// A request whose body is still on its way when SIGTERM comes.
async fn what_was_begun_is_finished(database: Database) -> Result<()> {
    let node = Node::on(&database).await?;
    let serving = node.serve().await?;
    let Typed { directory, .. } = type_all(&node).await?;
    let (scim, token) = (text(&directory, "scim_endpoint")?, text(&directory, "bearer_token")?);
    let path = scim.strip_prefix(&serving.url()).context("a path")?;
    let (address, body) = (serving.address(), json!({ "userName": "ada@fennimore.example" }).to_string());
    let (first, rest) = body.split_at(10);
    let mut request = BufReader::new(TcpStream::connect(address).await?);
    let head = format!("POST {path}/Users HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}");
    let head = format!("{head}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n", body.len());
    request.write_all((head + first).as_bytes()).await?;
    let mut begun = String::new();
    while !begun.ends_with("\r\n\r\n") {
        ensure!(request.read_line(&mut begun).await? > 0, "the connection was closed: {begun}");
    }
    assert!(begun.starts_with("HTTP/1.1 100 "), "{begun}");

    let ended = tokio::spawn(serving.terminate());
    let refused = async || TcpStream::connect(address).await.err();
    until("the port to be closed", Duration::from_secs(10), refused).await?;
    request.write_all(rest.as_bytes()).await?;
    let mut answer = String::new();
    request.read_to_string(&mut answer).await?;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(ended.await??.code(), Some(0));
    Ok(())
}

async fn nodes_on_one_database_share_the_key(database: Database) -> Result<()> {
    let first = Node::on(&database).await?;
    let serving = first.serve().await?;
    let stranger = Node::on(&database).await?;
    let error = failure(&stranger, &["serve", "--listen", "127.0.0.1:0"]).await;
    assert!(error.contains("--master-key-file") && error.contains("does not fit this database"), "{error}");
    let other = stranger.folder().join("other.key").display().to_string();
    std::fs::write(&other, "0".repeat(64))?;
    let error = failure(&first, &["environment", "create", "--name", "staging", "--master-key-file", &other]).await;
    assert!(error.contains("other.key is refused") && error.contains("does not fit this database"), "{error}");

    let Typed { key, .. } = type_all(&first).await?;
    let hook = json!({ "endpoint_url": "https://app.example/hook", "events": ["dsync.activated"] });
    let made = client()?.post(format!("{}/webhook_endpoints", serving.url())).bearer_auth(&key);
    let made = made.header("content-type", "application/json").body(hook.to_string()).send().await?;
    assert_eq!(made.status(), 201);

    let shared = first.folder().join("master.key").display().to_string();
    let second = Node::on(&database).await?.with(&["--master-key-file", &shared]);
    let beside = second.serve().await?;
    assert_eq!(api(&beside, &key, "/webhook_endpoints").await?["data"][0]["endpoint_url"], hook["endpoint_url"]);
    Ok(())
}

/// Each has made a key of its own: one has its way, and the other does once it has that key.
async fn nodes_that_begin_at_once_agree_on_a_key(database: Database) -> Result<()> {
    let nodes = [Node::on(&database).await?, Node::on(&database).await?];
    let (one, two) = tokio::join!(nodes[0].serve(), nodes[1].serve());
    let [winner, loser] = if one.is_ok() { [0, 1] } else { [1, 0] };
    let (serving, refused) = if one.is_ok() { (one?, two.err()) } else { (two?, one.err()) };
    let refused = format!("{:#}", refused.context("both serve")?);
    assert!(refused.contains("does not fit this database"), "{refused}");
    let keys = nodes.each_ref().map(|node| node.folder().join("master.key"));
    assert!(keys[winner].exists() && !keys[loser].exists());

    serving.kill().await?;
    let [one, two] = nodes.map(|node| node.with(&["--master-key-file", &keys[winner].display().to_string()]));
    let (one, two) = tokio::join!(one.serve(), two.serve());
    one.and(two).map(drop)
}

async fn a_directory_is_told_the_url_of_its_node(database: Database) -> Result<()> {
    let node = Node::on(&database).await?.with(&["--public-url", "https://rollcall.example/"]);
    node.run(&["migrate"]).await?;
    let environment = node.run(&["environment", "create", "--name", "staging"]).await?;
    let environment = text(&environment, "id")?;
    let organization = node.run(&["organization", "create", "--environment", environment, "--name", "Acme"]).await?;
    let organization = text(&organization, "id")?;
    let create = ["directory", "create", "--organization", organization, "--type", "okta", "--name", "Okta"];
    let error = failure(&node, &create).await;
    assert!(error.contains("--public-url"), "{error}");

    let key = node.run(&["api-key", "create", "--environment", environment, "--name", "app"]).await?;
    let serving = node.serve().await?;
    assert_eq!(api(&serving, text(&key, "value")?, "/directories").await?["data"], json!([]), "refused, it made none");
    let beside = Node::on(&database).await?;
    let key = node.folder().join("master.key").display().to_string();
    let made = beside.run(&[&create[..], &["--master-key-file", &key]].concat()).await?;
    assert!(text(&made, "scim_endpoint")?.starts_with("https://rollcall.example/scim/v2.0/"), "{made}");
    Ok(())
}

/// A process is alive without its database, and not ready.
async fn readiness_is_that_of_the_database(database: Database) -> Result<()> {
    let node = Node::on(&database).await?;
    let serving = node.serve().await?;
    let asked = async |path: &str| -> Result<(u16, Value)> {
        let answer = client()?.get(format!("{}{path}", serving.url())).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    };
    let (status, mut said) = asked("/readyz").await?;
    let all_well = said.as_object().is_some_and(|parts| parts.len() > 1 && parts.values().all(|well| *well == true));
    assert!(status == 200 && all_well, "{status} {said}");
    // SQLite's open files outlive their names.
    if database.kind() == Kind::Postgres {
        drop(database);
        said["database"] = false.into();
        said["writable"] = false.into();
        assert_eq!(asked("/readyz").await?, (503, said));
        assert_eq!(asked("/healthz").await?.0, 200);
    }
    Ok(())
}

/// SQLite in the data folder, and nothing configured at all.
#[tokio::test]
async fn embedded_it_needs_nothing() -> Result<()> {
    let node = Node::embedded().await?;
    let serving = node.serve().await?;
    type_all(&node).await?;
    let mut files: Vec<_> =
        std::fs::read_dir(node.folder())?.map(|file| Ok(file?.file_name())).collect::<Result<_>>()?;
    files.sort();
    for name in ["master.key", "rollcall.db", "serving.lock"] {
        assert!(files.iter().any(|file| file == name), "{name} is not among {files:?}");
    }
    assert_eq!(serving.terminate().await?.code(), Some(0));
    Ok(())
}

async fn api(serving: &Serving, key: &str, path: &str) -> Result<Value> {
    let answer = client()?.get(format!("{}{path}", serving.url())).bearer_auth(key).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

async fn failure(node: &Node, command: &[&str]) -> String {
    node.run(command).await.map_or_else(|error| format!("{error:#}"), |answer| format!("it answered {answer}"))
}

fn client() -> Result<Client> {
    Ok(Client::builder().build()?)
}

fn text<'a>(object: &'a Value, name: &str) -> Result<&'a str> {
    object[name].as_str().with_context(|| format!("no {name} in {object}"))
}
