use std::time::Duration;

use serde_json::json;
use simulator::load::{Amount, LoadPlan, run};

use crate::double::{Double, Interference};

const PLAN: LoadPlan = LoadPlan { clients: 5, amount: Amount::Requests(203), seed: 1 };

#[tokio::test]
async fn users_are_created_in_all_directories() {
    let doubles = [Double::start(), Double::start()];
    let targets = doubles.each_ref().map(Double::target);
    let report = run(&targets, &PLAN).await.unwrap();
    assert_eq!((report.ok, report.broken), (203, 0), "{report}");
    assert!(report.failed.is_empty() && report.per_second > 0 && report.latency.p50_us > 0);
    let created = doubles.each_ref().map(|double| double.count("Users"));
    assert_eq!(created.iter().sum::<usize>(), 203);
    assert!(created.iter().all(|count| *count > 0), "{created:?}");
    let again = run(&targets, &LoadPlan { seed: 2, ..PLAN }).await.unwrap();
    assert_eq!(again.ok, 203, "{again}");
}

#[tokio::test]
async fn it_is_okta_that_creates() {
    let double = Double::start();
    run(&[double.target()], &LoadPlan { clients: 1, amount: Amount::Requests(1), seed: 1 }).await.unwrap();
    let [created] = &double.recorded()[..] else { panic!() };
    assert_eq!((created.method.as_str(), created.path.as_str()), ("POST", "/Users"));
    let header = |name: &str| created.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(header("user-agent"), Some("Okta SCIM Client 1.0.0"));
    assert_eq!(header("content-type"), Some("application/scim+json; charset=utf-8"));
    assert_eq!(created.body["schemas"][0], "urn:ietf:params:scim:schemas:core:2.0:User");
}

#[tokio::test]
async fn time_ends_it_too() {
    let double = Double::start();
    let amount = Amount::For(Duration::from_millis(50));
    let report = run(&[double.target()], &LoadPlan { amount, ..PLAN }).await.unwrap();
    assert!(report.ok > 0 && report.elapsed_ms >= 50, "{report}");
}

#[tokio::test]
async fn failures_are_counted_by_status() {
    let double = Double::interfering(|_, number| match number % 4 {
        1 => Interference::Instead(503, "1", json!({})),
        2 => Interference::Cut,
        _ => Interference::None,
    });
    let plan = LoadPlan { clients: 1, amount: Amount::Requests(40), seed: 1 };
    let report = run(&[double.target()], &plan).await.unwrap();
    assert_eq!((report.ok, report.failed[&503], report.broken), (20, 10, 10), "{report}");
    assert!(report.to_string().ends_with(", 10 × 503, 10 without an answer"), "{report}");
}

#[tokio::test]
async fn nobody_at_home() {
    let double = Double::start();
    let target = double.target();
    double.kill().await;
    let error = run(&[target], &PLAN).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot connect to http://127.0.0.1:"), "{error}");
    assert_eq!(run(&[], &PLAN).await.unwrap().ok, 0);
}
