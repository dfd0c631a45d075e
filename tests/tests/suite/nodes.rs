//! Two nodes that write to the same directories: nothing is lost, doubled or out of order, whoever is first.

use anyhow::Result;
use broker::ingest::{Answer, Refusal, Request};
use futures::future::join_all;
use model::tenant::{Directory, DirectoryType};
use scim::{Lenience, schema};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, World, patch_user};

on_each_database!(MIGRATED:
    two_nodes_fill_one_organization,
    one_name_goes_to_one_of_two_nodes,
    a_user_changes_on_two_nodes_in_turn,
);

const USERS: usize = 150;

/// Two nodes, and two directories of one organization: they share a stream.
async fn scene(database: &Database) -> Result<([World; 2], [Directory; 2])> {
    let here = World::new(database).await?;
    let there = here.beside(database).await?;
    let (first, _) = here.directory().await?;
    let organization = first.organization_id.to_string();
    let (second, _) =
        here.broker.create_directory(here.environment, &organization, DirectoryType::Generic, "More").await?;
    Ok(([here, there], [first, second]))
}

async fn two_nodes_fill_one_organization(database: Database) -> Result<()> {
    let (nodes, directories) = scene(&database).await?;
    let before = nodes[0].log().await?.len();
    let make = |n: usize| nodes[n % 2].user(&directories[n / 2 % 2], json!({ "userName": format!("user{n}") }));
    for made in join_all((0..USERS).map(make)).await {
        made?;
    }
    let log = nodes[1].log().await?;
    assert_eq!(log.len(), before + USERS);
    assert!(log.iter().zip(1_i64..).all(|((position, _), expected)| *position == expected));
    for pair in log.windows(2) {
        assert_eq!(pair[1].1["context"]["previous"], pair[0].1["context"]["sequence"]);
    }
    let mut counted = 0;
    for directory in &directories {
        let id = directory.id.to_string();
        counted += nodes[0].broker.find_directory(nodes[0].environment, &id).await?.counters.documents_users;
    }
    assert_eq!(usize::try_from(counted)?, USERS);
    Ok(())
}

async fn one_name_goes_to_one_of_two_nodes(database: Database) -> Result<()> {
    let (nodes, directories) = scene(&database).await?;
    for n in 0..20 {
        let body = json!({ "userName": format!("user{n}") });
        let request = || Ok::<_, anyhow::Error>(scim::resource::parse(&schema::USER, body.clone(), &Lenience::all())?);
        let (here, there) = (Request::CreateUser(request()?), Request::CreateUser(request()?));
        let (here, there) = tokio::join!(nodes[0].write(&directories[0], here), nodes[1].write(&directories[0], there));
        let (made, refused): (Vec<_>, Vec<_>) = [here, there].into_iter().partition(Result::is_ok);
        assert_eq!(made.len(), 1, "{refused:?}");
        assert!(matches!(&refused[0], Err(Refusal::Scim(error)) if error.status == 409), "{refused:?}");
    }
    Ok(())
}

async fn a_user_changes_on_two_nodes_in_turn(database: Database) -> Result<()> {
    let (nodes, directories) = scene(&database).await?;
    let id = nodes[0].user(&directories[0], json!({ "userName": "ada" })).await?;
    let mut versions = Vec::new();
    for n in 0..20 {
        let patch = json!({ "Operations": [{ "op": "replace", "path": "title", "value": format!("Title {n}") }] });
        let answer = nodes[n % 2].write(&directories[0], Request::PatchUser(id, patch_user(patch)?)).await?;
        let Answer::User(answer) = answer else { anyhow::bail!("not a user: {answer:?}") };
        versions.push(answer.user.version);
    }
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    let titles: Vec<Value> =
        nodes[0].log().await?.into_iter().map(|(_, event)| event["data"]["job_title"].clone()).collect();
    let titles: Vec<_> = titles.iter().filter_map(Value::as_str).collect();
    assert_eq!(titles, (0..20).map(|n| format!("Title {n}")).collect::<Vec<_>>());
    Ok(())
}
