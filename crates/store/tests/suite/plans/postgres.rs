//! `auto_explain` tells the plans as they were used, with the rows that each step looked at; the proxy reads them.
//!
//! It needs a superuser and PostgreSQL's own module `auto_explain`, as `tests/postgresql` has them.

use serde_json::Value;
use store::{Options, Store};
use tests::Kind;

use super::fill::execute;
use super::{SMALL, TURNS, Walker};
use crate::house::{self, House, MIGRATED, Outcome};
use crate::proxy::Proxy;

/// So many rows a step may look at: a page, or what a test's tenant has, and never a table.
const MOST_ROWS: f64 = 1_000.0;

const SETTINGS: &[(&str, &str)] = &[
    ("session_preload_libraries", "auto_explain"),
    ("auto_explain.log_min_duration", "0"),
    ("auto_explain.log_analyze", "on"),
    ("auto_explain.log_timing", "off"),
    ("auto_explain.log_format", "json"),
    ("auto_explain.log_level", "notice"),
    // What a procedure runs.
    ("auto_explain.log_nested_statements", "on"),
];

async fn walker() -> anyhow::Result<(Walker, Proxy)> {
    let house = House::new(MIGRATED.copy(Kind::Postgres).await?).await?;
    for (name, value) in SETTINGS {
        let database = "current_database()";
        let sql =
            format!("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {name} = %L', {database}, '{value}'); END $$");
        execute(&house.database, sql).await?;
    }
    let proxy = Proxy::before(&house.database).await?;
    // One connection of each kind, so that a statement's plan comes to be kept.
    let options = Options { write_connections: 1, read_connections: 1, ..house::options(&proxy.url) };
    let store = Store::open(options).await?;
    Ok((Walker::new(house, store).await?, proxy))
}

#[tokio::test]
async fn plans_made_on_full_tables_scan_nothing() -> Outcome {
    let (mut walker, proxy) = walker().await?;
    walker.fill().await?;
    execute(&walker.house.database, "ANALYZE".to_owned()).await?;
    walker.walk(TURNS).await?;
    check(&proxy)
}

fn check(proxy: &Proxy) -> Outcome {
    let notices = proxy.take_notices();
    let mut wrong = std::collections::BTreeSet::new();
    let mut seen = 0;
    for notice in &notices {
        let Some((_, told)) = notice.split_once("plan:\n") else { continue };
        let told: Value = serde_json::from_str(told)?;
        seen += 1;
        let steps = steps(&told["Plan"]).into_iter().filter_map(fault);
        wrong.extend(steps.map(|fault| format!("{fault}: {}", told["Query Text"].as_str().unwrap_or_default())));
    }
    assert!(seen > 60, "{seen} plans were told");
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

/// A plan's steps, all levels.
fn steps(plan: &Value) -> Vec<&Value> {
    let below = plan["Plans"].as_array().into_iter().flatten().flat_map(steps);
    std::iter::once(plan).chain(below).collect()
}

fn fault(step: &Value) -> Option<String> {
    let text = |name: &str| step[name].as_str().unwrap_or_default();
    // What joins and sorts looks at no other rows than the steps below it.
    let (table, index) = (text("Relation Name"), text("Index Name"));
    let of = [table, index.trim_end_matches("_pkey")];
    if of == ["", ""] || of.iter().any(|name| SMALL.contains(name)) {
        return None;
    }
    let number = |name: &str| step[name].as_f64().unwrap_or_default();
    let each = number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    let rows = each * number("Actual Loops");
    let kind = text("Node Type");
    (kind == "Seq Scan" || rows > MOST_ROWS).then(|| format!("{kind} {table} {index} {rows} rows"))
}

#[test]
fn a_fault_is_recognised() {
    let check = |step: Value, wrong: bool| assert_eq!(fault(&step).is_some(), wrong, "{step}");
    let scan = |kind: &str| serde_json::json!({ "Node Type": kind, "Relation Name": "users", "Actual Loops": 1 });
    check(scan("Seq Scan"), true);
    let mut found = scan("Index Scan");
    check(found.clone(), false);
    found["Rows Removed by Filter"] = 1_001.into();
    check(found, true);
    check(serde_json::json!({ "Node Type": "ModifyTable", "Relation Name": "users" }), false);
}
