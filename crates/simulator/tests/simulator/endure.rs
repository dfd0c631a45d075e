use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use simulator::endure::{Accepted, EndurePlan, EndureReport, InFlight, WriteKind, run};
use tokio::sync::Notify;

use crate::double::{Double, Interference};

fn plan(clients: usize, writes: u64) -> EndurePlan {
    EndurePlan {
        clients,
        writes,
        lasts: None,
        seed: 3,
        patience: Duration::from_secs(30),
        pace: Duration::ZERO,
        in_flight: InFlight::default(),
    }
}

/// What the report says must be there is there, as it says.
fn compare(report: &EndureReport, doubles: &[&Double]) {
    for user in &report.users {
        let directory = doubles[user.directory].state.directory.lock().unwrap();
        let found = directory.find(&user.id).unwrap();
        assert_eq!((&found["userName"], &found["active"]), (&json!(user.user_name), &json!(user.active)));
        let title = user.title.as_deref().unwrap_or("Turbine Technician");
        assert_eq!(found["title"], title);
    }
    for group in &report.groups {
        let directory = doubles[group.directory].state.directory.lock().unwrap();
        let found = directory.find(&group.id).unwrap();
        let members: HashSet<&str> =
            found["members"].as_array().unwrap().iter().map(|it| it["value"].as_str().unwrap()).collect();
        assert_eq!(members, group.members.iter().map(String::as_str).collect());
    }
}

#[tokio::test]
async fn writes_are_mixed_and_remembered() {
    let doubles = [Double::start(), Double::start()];
    let targets = doubles.each_ref().map(Double::target);
    let (plan, seen) = (plan(4, 202), AtomicUsize::new(0));
    let seen_at_most = AtomicUsize::new(0);
    let witness = |_: &Accepted| {
        seen.fetch_add(1, Ordering::SeqCst);
        seen_at_most.fetch_max(plan.in_flight.count(), Ordering::SeqCst);
    };
    let report = run(&targets, &plan, &witness).await.unwrap();
    assert_eq!((report.accepted.len(), seen.load(Ordering::SeqCst)), (202, 202));
    assert_eq!((report.lost.len(), report.refused.len(), report.given_up.len(), report.reconnects), (0, 0, 0, 0));
    let kinds: HashSet<WriteKind> = report.accepted.iter().map(|it| it.write.kind).collect();
    assert_eq!(kinds.len(), 7);
    assert_eq!(report.users.len(), doubles.iter().map(|double| double.count("Users")).sum::<usize>());
    assert_eq!((report.groups.len(), plan.in_flight.count()), (4, 0));
    assert!(seen_at_most.load(Ordering::SeqCst) > 0);
    compare(&report, &doubles.each_ref());
}

#[tokio::test]
async fn lost_answers_are_settled_by_looking_up() {
    let double = Double::interfering(|request, number| match (request.method.as_str(), number % 5) {
        ("POST" | "PATCH", 0) => Interference::Cut,
        ("POST", 1) => Interference::Instead(500, "", json!({})),
        (_, 2) => Interference::Instead(503, "0", json!({})),
        _ => Interference::None,
    });
    let report = run(&[double.target()], &plan(1, 60), &|_| {}).await.unwrap();
    assert_eq!((report.accepted.len(), report.refused.len(), report.given_up.len()), (60, 0, 0), "{report:?}");
    let recovered: Vec<&Accepted> = report.accepted.iter().filter(|it| it.recovered).collect();
    assert!(!recovered.is_empty() && recovered.iter().all(|it| report.lost.contains(&it.write)));
    assert!(report.reconnects > 0);
    assert_eq!(double.count("Users"), report.users.len(), "nobody was created twice");
    compare(&report, &[&double]);
}

#[tokio::test]
async fn a_killed_server_is_waited_for() {
    let double = Double::start();
    let (address, state, target) = (double.address, double.state.clone(), double.target());
    let (seen, enough) = (AtomicUsize::new(0), Arc::new(Notify::new()));
    let signal = enough.clone();
    let witness = move |_: &Accepted| {
        if seen.fetch_add(1, Ordering::SeqCst) == 40 {
            signal.notify_one();
        }
    };
    let plan = plan(4, 200);
    let in_flight = plan.in_flight.clone();
    let writing = tokio::spawn(async move { run(&[target], &plan, &witness).await });
    enough.notified().await;
    let at_most = in_flight.count();
    in_flight.mark();
    double.kill().await;
    let double = Double::on(address, state);
    let report = writing.await.unwrap().unwrap();
    assert_eq!((report.accepted.len(), report.given_up.len()), (200, 0));
    assert!(report.reconnects > 0);
    assert!(in_flight.cut() <= at_most && at_most <= 4, "{} of {at_most} were cut", in_flight.cut());
    assert_eq!(double.count("Users"), report.users.len());
    compare(&report, &[&double]);
}

#[tokio::test]
async fn time_ends() {
    let double = Double::start();
    let plan =
        EndurePlan { lasts: Some(Duration::from_millis(100)), pace: Duration::from_millis(10), ..plan(2, 20_000) };
    let report = run(&[double.target()], &plan, &|_| {}).await.unwrap();
    assert!((2..=22).contains(&report.accepted.len()), "{}", report.accepted.len());
}

#[tokio::test]
async fn patience_ends() {
    let double = Double::start();
    let target = double.target();
    double.kill().await;
    let plan = EndurePlan { patience: Duration::from_millis(30), ..plan(3, 30) };
    let report = run(&[target], &plan, &|_| {}).await.unwrap();
    assert_eq!((report.accepted.len(), report.given_up.len()), (0, 3));
    assert!(report.given_up.iter().all(|write| write.kind == WriteKind::CreateGroup));
}

#[tokio::test]
async fn refusals_are_told() {
    let double = Double::interfering(|request, _| match request.path.as_str() {
        "/Users" => Interference::Instead(400, "", json!({})),
        _ => Interference::None,
    });
    let report = run(&[double.target()], &plan(2, 20), &|_| {}).await.unwrap();
    assert_eq!((report.accepted.len(), report.refused.len()), (2, 18));
    assert!(report.refused.iter().all(|(write, status)| *status == 400 && write.kind == WriteKind::CreateUser));
}
