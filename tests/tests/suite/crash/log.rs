//! The log: each accepted write by its own event, once, and nothing besides.

use std::collections::BTreeMap;

use anyhow::Result;
use sea_orm::FromQueryResult;
use serde_json::Value;
use simulator::endure::{Accepted, EndureReport, WriteKind};

use super::WRITES;
use super::evidence::Evidence;

pub(super) async fn holds(evidence: &Evidence, report: &EndureReport) -> Result<()> {
    positions_are_consecutive(evidence).await?;
    each_write_by_itself(evidence, report).await
}

async fn positions_are_consecutive(evidence: &Evidence) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Position {
        position: i64,
    }
    let sql = "SELECT c.first_position + e.ordinal AS position FROM commits c JOIN events e ON e.commit_id = c.id \
               ORDER BY c.environment_id, position";
    let positions: Vec<Position> = evidence.rows(sql).await?;
    assert!(positions.len() as u64 > WRITES);
    assert!(positions.iter().zip(1_i64..).all(|(row, position)| row.position == position));
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    user_id: Option<String>,
    group_id: Option<String>,
    body: String,
}

async fn each_write_by_itself(evidence: &Evidence, report: &EndureReport) -> Result<()> {
    let sql = "SELECT e.kind, e.user_id, e.group_id, b.body FROM events e JOIN event_bodies b ON b.event_id = e.id \
               WHERE e.kind LIKE 'dsync.user.%' OR e.kind LIKE 'dsync.group.%'";
    let mut balance: BTreeMap<String, i32> = BTreeMap::new();
    for row in evidence.rows::<Row>(sql).await? {
        *balance.entry(recorded(&row)?).or_default() += 1;
    }
    for accepted in &report.accepted {
        *balance.entry(expected(accepted)).or_default() -= 1;
    }
    // Above zero: recorded and never accepted, or twice; below: accepted and never recorded.
    balance.retain(|_, count| *count != 0);
    assert!(balance.is_empty(), "{balance:#?}");
    Ok(())
}

/// The kind, whom it is about, and what changed.
fn recorded(row: &Row) -> Result<String> {
    let event: Value = serde_json::from_str(&row.body)?;
    let (data, id) = (&event["data"], |id: &Option<String>| id.clone().unwrap_or_default());
    let what = match data["previous_attributes"].as_object() {
        Some(before) if before.contains_key("state") => &data["state"],
        Some(_) => &data["job_title"],
        None => &Value::Null,
    };
    let what = what.as_str().unwrap_or_default();
    Ok(format!("{} {} {} {what}", row.kind, id(&row.user_id), id(&row.group_id)))
}

fn expected(accepted: &Accepted) -> String {
    let Accepted { write, id, .. } = accepted;
    let value = write.value.as_deref().unwrap_or_default();
    match write.kind {
        WriteKind::CreateUser => format!("dsync.user.created {id}  "),
        WriteKind::CreateGroup => format!("dsync.group.created  {id} "),
        WriteKind::SetTitle => format!("dsync.user.updated {id}  {value}"),
        WriteKind::Deactivate => format!("dsync.user.updated {id}  inactive"),
        WriteKind::AddMember => format!("dsync.group.user_added {value} {id} "),
    }
}
