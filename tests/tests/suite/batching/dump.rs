//! Everything that can be seen of a scene's directories, with ids and times by their order of appearance.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use anyhow::Result;
use broker::ingest::{Answer, Refusal};
use model::query::{IndexPage, Order, PageQuery, UserFilter};
use model::tenant::Directory;
use serde_json::Value;

use super::scene::{Place, Scene};
use super::step::Step;
use crate::anonymous::anonymous;

/// One directory after the other. Where two share a stream, a batch takes them in turn: so its numbers are compared by their
/// order within each directory, and the stream is held to leave no gap.
pub(super) async fn dump(scene: &Scene<'_>, steps: &[Step], answers: &[Result<Answer, Refusal>]) -> Result<String> {
    let log = scene.world.store.system().events_past(scene.world.environment, scene.since, 100_000).await?;
    assert!(log.is_last, "there is more than a page");
    let mut log =
        log.events.iter().map(|found| Ok(serde_json::from_str(&found.event.body)?)).collect::<Result<Vec<Value>>>()?;
    let ids: Vec<_> = scene.places.iter().map(|place| place.directory.id.to_string()).collect();
    log.retain(|event| ids.iter().any(|id| directory(event) == id));
    chained(&log);
    let mut text = String::new();
    for (number, place) in scene.places.iter().enumerate() {
        let mut of_it = String::new();
        let told = steps.iter().zip(answers).filter(|(step, _)| step.directory == number);
        told.for_each(|(_, answer)| _ = writeln!(of_it, "{answer:?}"));
        for event in log.iter().filter(|event| directory(event) == ids[number]) {
            let mut event = event.clone();
            // Held to the stream's own order by `chained`.
            event["context"]["previous"] = Value::Null;
            _ = writeln!(of_it, "{event}");
        }
        rows(scene, &place.directory, &mut of_it).await?;
        let organization = |place: &Place| place.directory.organization_id;
        let shared = scene.places.iter().filter(|other| organization(other) == organization(place)).count() > 1;
        text.push_str(&if shared { ranked(&of_it) } else { of_it });
    }
    Ok(anonymous(&text))
}

fn directory(event: &Value) -> &str {
    event["data"]["directory_id"].as_str().unwrap_or_default()
}

/// Each event names the one before it in its stream.
fn chained(log: &[Value]) {
    let mut last: HashMap<&str, &Value> = HashMap::new();
    for event in log {
        let context = &event["context"];
        let before = last.insert(organization(event), &context["sequence"]);
        assert!(before.is_none_or(|before| context["previous"] == *before), "{before:?}, then {event}");
    }
}

fn organization(event: &Value) -> &str {
    let data = &event["data"];
    data["organization_id"].as_str().or(data["user"]["organization_id"].as_str()).unwrap_or_default()
}

async fn rows(scene: &Scene<'_>, directory: &Directory, text: &mut String) -> Result<()> {
    let world = scene.world;
    let reader = world.store.directory(directory.id);
    let page = IndexPage { start_index: 1, count: 1000 };
    let all = store::Listing::page(&[], page);
    let (users, groups) = (reader.list_users(&all).await?, reader.list_groups(&all).await?);
    let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
    let members = reader.some_members_of(&ids, None).await?;
    _ = writeln!(text, "{users:?}\n{groups:?}\n{members:?}");
    let filter = UserFilter { directory_id: Some(directory.id), ..UserFilter::default() };
    let all = PageQuery { limit: 1000, order: Order::Oldest, before: None, after: None };
    _ = writeln!(text, "{:?}", world.broker.list_users(world.environment, &filter, all).await?);
    let all = PageQuery { limit: 1000, order: Order::Oldest, before: None, after: None };
    let (parked, _) = world.broker.list_parked(world.environment, &directory.id.to_string(), all).await?;
    _ = writeln!(text, "{parked:?}");
    let shown = world.broker.find_directory(world.environment, &directory.id.to_string()).await?;
    _ = writeln!(text, "{:?}", shown.counters);
    Ok(())
}

/// The numbers of a stream (versions and sequences), each replaced by its rank among those that appear.
fn ranked(text: &str) -> String {
    const NAMES: [&str; 3] = ["\"sequence\":", "\"version\":", " version: "];
    let mut pieces = vec![("", text)];
    for name in NAMES {
        pieces = pieces.iter().flat_map(|(before, piece)| split(before, piece, name)).collect();
    }
    let number = |piece: &str| piece.chars().take_while(char::is_ascii_digit).collect::<String>();
    let value = |piece: &str| number(piece).parse::<i64>().unwrap_or_default();
    let seen: BTreeSet<i64> =
        pieces.iter().filter(|(name, _)| !name.is_empty()).map(|(_, piece)| value(piece)).collect();
    let mut out = String::with_capacity(text.len());
    for (name, piece) in &pieces {
        if name.is_empty() {
            out.push_str(piece);
        } else {
            let rest = &piece[number(piece).len()..];
            _ = write!(out, "{name}~{}{rest}", seen.range(..value(piece)).count());
        }
    }
    out
}

/// Cut before every `name`; what comes first keeps the name it was cut off by.
fn split<'t>(before: &'t str, piece: &'t str, name: &'static str) -> Vec<(&'t str, &'t str)> {
    let mut pieces = piece.split(name);
    let first = (before, pieces.next().unwrap_or_default());
    std::iter::once(first).chain(pieces.map(|piece| (name, piece))).collect()
}

#[test]
fn numbers_are_ranked() {
    let text = r#"{ version: 7, tokens_version: 9 } {"sequence":12,"version":7}"#;
    assert_eq!(ranked(text), r#"{ version: ~0, tokens_version: 9 } {"sequence":~1,"version":~0}"#);
}
