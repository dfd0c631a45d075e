//! The process is killed again and again under load: no accepted write is lost, nor its event, nor its delivery.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, Statement};
use serde_json::{Value, json};
use simulator::Target;
use simulator::endure::{self, Accepted, EndurePlan, EndureReport, InFlight};
use simulator::receiver::{Endpoint, Inbox, Received, Receiver};
use tests::{Database, on_each_database, until};

use crate::tenant::{Feed, House, Tenant};

on_each_database!(nothing_is_lost);

const WRITES: u64 = 2000;
const CLIENTS: usize = 16;
const DIRECTORIES: usize = 4;
const KILLS: u64 = 5;
/// How long clients go on trying, and how long the tail of deliveries may take.
const PATIENCE: Duration = Duration::from_mins(1);
const SECRET_PATH: &str = "/hooks";

async fn nothing_is_lost(database: Database) -> Result<()> {
    let mut house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let mut feeds = Vec::new();
    for _ in 0..DIRECTORIES {
        feeds.push(house.feed(&tenant).await?);
    }
    let durable = ["synchronous=FULL", "synchronous_commit=on"];
    assert!(durable.iter().any(|setting| house.serving.output().contains(setting)), "{}", house.serving.output());
    let (receiver, inbox) = subscribe(&house, &tenant).await?;
    let (report, kills) = endure(&mut house, &feeds).await?;
    assert_eq!(kills, KILLS);
    ensure!(report.given_up.is_empty() && report.refused.is_empty(), "{:?} {:?}", report.given_up, report.refused);
    assert_eq!(report.accepted.len() as u64, WRITES);

    let connection = sea_orm::Database::connect(database.url()).await?;
    drained(&connection).await?;
    all_in_state(&house, &tenant, &feeds, &report).await?;
    positions_are_consecutive(&connection).await?;
    all_delivered(&connection, &inbox.all()).await?;
    first_arrivals_in_order(&inbox.all());
    connection.close().await?;
    house.serving.terminate().await?;
    receiver.stop().await;
    Ok(())
}

async fn subscribe(house: &House, tenant: &Tenant) -> Result<(Receiver, Inbox)> {
    let inbox = Inbox::default();
    let clock = Arc::new(now_ms);
    let receiver = Receiver::start(([127, 0, 0, 1], 0).into(), Vec::new(), clock.clone(), inbox.sink())?;
    let address = receiver.address();
    receiver.stop().await;
    let names = [
        "dsync.user.created",
        "dsync.user.updated",
        "dsync.user.deleted",
        "dsync.group.created",
        "dsync.group.updated",
        "dsync.group.deleted",
        "dsync.group.user_added",
        "dsync.group.user_removed",
    ];
    let body = json!({"endpoint_url": format!("http://{address}{SECRET_PATH}"), "events": names});
    let made: Value = house.api(tenant, Method::POST, "/webhook_endpoints", Some(body)).await?.json().await?;
    let secret = made["secret"].as_str().with_context(|| made.to_string())?;
    let endpoint = Endpoint::new(SECRET_PATH, secret);
    Ok((Receiver::start(address, vec![endpoint], clock, inbox.sink())?, inbox))
}

/// The real time: the receiver checks how old a signature is.
#[expect(clippy::disallowed_methods, reason = "a verifier of signatures needs the time of day")]
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

/// Writes under way while the node is killed; each kill happens with a request in flight.
async fn endure(house: &mut House, feeds: &[Feed]) -> Result<(EndureReport, u64)> {
    let target = |feed: &Feed| Ok::<_, anyhow::Error>(Target { scim: feed.scim.parse()?, token: feed.token.clone() });
    let targets = feeds.iter().map(target).collect::<Result<Vec<_>>>()?;
    let in_flight = InFlight::default();
    let plan =
        EndurePlan { clients: CLIENTS, writes: WRITES, seed: 11, patience: PATIENCE, in_flight: in_flight.clone() };
    let accepted = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&accepted);
    let witness = move |_: &Accepted| {
        counter.fetch_add(1, Ordering::SeqCst);
    };
    let writing = endure::run(&targets, &plan, &witness);
    let killing = async {
        let mut kills = 0;
        for kill in 1..=KILLS {
            let due = kill * WRITES / (KILLS + 1);
            until("writes to be under way", PATIENCE, async || {
                (accepted.load(Ordering::SeqCst) >= due && in_flight.count() > 0).then_some(())
            })
            .await?;
            assert!(in_flight.count() > 0, "nothing was in flight at the kill");
            house.restart().await?;
            kills += 1;
        }
        Ok::<_, anyhow::Error>(kills)
    };
    let (report, kills) = futures::join!(writing, killing);
    Ok((report?, kills?))
}

async fn rows<R: FromQueryResult>(connection: &DatabaseConnection, sql: &str) -> Result<Vec<R>> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| R::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

/// Every event is fanned out, and no delivery waits.
async fn drained(connection: &DatabaseConnection) -> Result<()> {
    let sql = "SELECT (SELECT count(*) FROM deliveries WHERE state = 'pending') + \
               (SELECT count(*) FROM streams s LEFT JOIN fanout f ON f.stream_id = s.id \
                WHERE s.event_sequence > COALESCE(f.sequence, 0)) AS count";
    until("all deliveries to end", PATIENCE, async || {
        let waiting: Vec<Count> = rows(connection, sql).await.ok()?;
        (waiting[0].count == 0).then_some(())
    })
    .await
}

async fn all_in_state(house: &House, tenant: &Tenant, feeds: &[Feed], report: &EndureReport) -> Result<()> {
    let mut users: HashMap<String, Value> = HashMap::new();
    for feed in feeds {
        let mut after = String::new();
        loop {
            let path = format!("/directory_users?limit=100&directory={}{after}", feed.id);
            let page: Value = house.api(tenant, Method::GET, &path, None).await?.json().await?;
            for user in page["data"].as_array().context("data")? {
                users.insert(user["id"].as_str().unwrap_or_default().to_owned(), user.clone());
            }
            let Some(cursor) = page["list_metadata"]["after"].as_str() else { break };
            after = format!("&after={cursor}");
        }
    }
    assert_eq!(users.len(), report.users.len(), "no more and no fewer users than were accepted");
    for expected in &report.users {
        let user = users.get(&expected.id).with_context(|| format!("{expected:?} is missing"))?;
        assert_eq!(user["username"], expected.user_name.as_str());
        // Without a title of its own a user keeps the one it was made with.
        if let Some(title) = &expected.title {
            assert_eq!(user["job_title"], title.as_str(), "{expected:?}");
        }
        assert_eq!(user["state"] == "active", expected.active, "{expected:?}");
    }
    for expected in &report.groups {
        let listed: HashSet<&str> =
            users.values().filter(|user| in_group(user, &expected.id)).filter_map(|user| user["id"].as_str()).collect();
        let wanted: HashSet<&str> = expected.members.iter().map(String::as_str).collect();
        assert_eq!(listed, wanted, "{}", expected.display_name);
    }
    Ok(())
}

fn in_group(user: &Value, group: &str) -> bool {
    user["groups"].as_array().is_some_and(|groups| groups.iter().any(|of| of["id"] == group))
}

async fn positions_are_consecutive(connection: &DatabaseConnection) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Position {
        position: i64,
    }
    let sql = "SELECT c.first_position + e.ordinal AS position FROM commits c JOIN events e ON e.commit_id = c.id \
               ORDER BY c.environment_id, position";
    let positions: Vec<Position> = rows(connection, sql).await?;
    assert!(positions.len() as u64 > WRITES);
    assert!(positions.iter().zip(1_i64..).all(|(row, position)| row.position == position));
    Ok(())
}

/// Each event that webhooks carry arrived, verified, or a revocation made it moot.
async fn all_delivered(connection: &DatabaseConnection, inbox: &[Received]) -> Result<()> {
    assert!(inbox.iter().all(|received| received.verified.is_ok()));
    let arrived: HashSet<&str> = inbox.iter().filter_map(|received| received.event_id.as_deref()).collect();
    let sql = "SELECT e.id AS text FROM events e WHERE (e.kind LIKE 'dsync.user.%' OR e.kind LIKE 'dsync.group.%') \
               AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = e.id AND d.state = 'superseded')";
    let owed: Vec<Text> = rows(connection, sql).await?;
    let missing: Vec<_> =
        owed.iter().filter(|event| !arrived.contains(event.text.as_str())).map(|event| &event.text).collect();
    assert!(missing.is_empty(), "{} of {} never arrived: {missing:?}", missing.len(), owed.len());
    Ok(())
}

fn first_arrivals_in_order(inbox: &[Received]) {
    let mut seen = HashSet::new();
    let mut last: HashMap<(Option<String>, Option<String>), u64> = HashMap::new();
    for received in inbox.iter().filter(|received| seen.insert(received.event_id.clone())) {
        let resource = (received.resource.user_id.clone(), received.resource.group_id.clone());
        let version = received.version.unwrap_or_default();
        let before = last.insert(resource, version).unwrap_or(0);
        assert!(before < version, "{version} came after version {before}: {received:?}");
    }
}
