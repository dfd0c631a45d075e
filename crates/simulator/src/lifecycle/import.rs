use std::collections::HashSet;

use serde_json::Value;

use super::session::Session;
use crate::phase::Phase;
use crate::wire::{Expect, Resource, Step};

/// Pages through all users and groups, where the provider has such a thing, and expects every id once: rows that move
/// between pages are lost or doubled.
pub(super) async fn run(session: &Session<'_>) {
    let all = [Resource::Users, Resource::Groups].into_iter().filter(|it| session.wire.import_page(*it, 1).is_some());
    session.each(Phase::Import, all.collect(), |resource| import(session, resource)).await;
}

async fn import(session: &Session<'_>, resource: Resource) {
    let mut seen = HashSet::new();
    let mut rows = 0;
    while let Some(request) = session.wire.import_page(resource, rows + 1) {
        let step = request.step(Phase::Import, Expect::List);
        let Some(page) = session.ask(&step).await else { return };
        let ids = ids(&page);
        let (came, total) = (ids.len() as u64, page["totalResults"].as_u64().unwrap_or_default());
        seen.extend(ids);
        rows += came;
        if came == 0 || rows >= total {
            check(session, &step, seen.len() as u64, rows, total);
            return;
        }
    }
}

fn ids(page: &Value) -> Vec<String> {
    let rows = page["Resources"].as_array().into_iter().flatten();
    rows.filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

fn check(session: &Session<'_>, last: &Step, seen: u64, rows: u64, total: u64) {
    if (seen, rows) != (total, total) {
        let detail = format!("the import saw {seen} ids in {rows} rows of {total}");
        session.count(|tally| tally.unexpected(last, Some(200), detail));
    }
}
