use std::sync::{Arc, Mutex};

use serde_json::json;
use simulator::{Error, Idp, Phase, Plan, Progress, Summary, run};

use crate::double::{Double, Interference};

async fn play(idp: Idp, double: &Double, plan: Plan) -> Summary {
    run(idp, &double.target(), &plan, &|_| {}).await.unwrap()
}

#[tokio::test]
async fn okta_lives_its_life() {
    let double = Double::start();
    let summary = play(Idp::Okta, &double, Plan::DEFAULT).await;
    assert!(summary.is_clean(), "{summary}");
    assert_eq!((summary.users.created, summary.groups.created), (60, 8));
    assert_eq!((summary.users.updated, summary.users.deactivated, summary.users.reactivated), (18, 18, 6));
    assert_eq!((summary.users.deleted, summary.groups.deleted), (0, 1));
    assert_eq!((double.count("Users"), double.count("Groups")), (60, 7));
    assert_eq!(summary.requests, double.recorded().len() as u64);
}

#[tokio::test]
async fn entra_lives_its_life() {
    let double = Double::start();
    let summary = play(Idp::Entra, &double, Plan::DEFAULT).await;
    assert!(summary.is_clean(), "{summary}");
    assert_eq!((summary.users.created, summary.groups.created), (60, 8));
    assert_eq!((summary.users.updated, summary.users.deactivated, summary.users.reactivated), (18, 18, 6));
    assert_eq!((summary.users.deleted, summary.groups.deleted), (6, 1));
    assert_eq!((double.count("Users"), double.count("Groups")), (54, 7));
}

#[tokio::test]
async fn a_second_run_takes_over_what_is_there() {
    for idp in Idp::ALL {
        let double = Double::start();
        play(idp, &double, Plan::SMALL).await;
        let again = play(idp, &double, Plan::SMALL).await;
        assert!(again.is_clean(), "{again}");
        assert_eq!(again.users.matched + again.users.created, 12, "{again}");
        assert!(again.users.matched >= 10, "{again}");
    }
}

#[tokio::test]
async fn no_company_is_too_small() {
    for idp in Idp::ALL {
        for (users, groups) in [(0, 0), (1, 1), (0, 5), (2, 5)] {
            let double = Double::start();
            let summary = play(idp, &double, Plan { users, groups, ..Plan::SMALL }).await;
            assert!(summary.is_clean(), "{summary}");
        }
    }
}

#[tokio::test]
async fn a_large_import_takes_several_pages() {
    let double = Double::start();
    let summary = play(Idp::Okta, &double, Plan { users: 250, groups: 1, ..Plan::SMALL }).await;
    assert!(summary.is_clean(), "{summary}");
    let import = summary.sent.iter().find(|sent| sent.phase == Phase::Import).unwrap();
    assert_eq!(import.count, 3 + 1);
}

#[tokio::test]
async fn progress_is_told_to_the_end() {
    let double = Double::start();
    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let (target, ears) = (double.target(), told.clone());
    let observer = move |progress| ears.lock().unwrap().push(progress);
    let run = async move { run(Idp::Entra, &target, &Plan::SMALL, &observer).await };
    tokio::spawn(run).await.unwrap().unwrap();
    let told = told.lock().unwrap();
    let ends = |phase| told.iter().any(|it| it.phase == phase && it.done == it.total && it.total > 0);
    for phase in [Phase::Probe, Phase::Create, Phase::Reference, Phase::Members, Phase::Deactivate, Phase::Delete] {
        assert!(ends(phase), "{phase}");
    }
    assert!(told.iter().all(|it| it.done <= it.total));
}

#[tokio::test]
async fn a_failed_connection_test_ends_it() {
    let double = Double::start();
    let mut target = double.target();
    target.token = "se_wrong".to_owned();
    for idp in Idp::ALL {
        let summary = run(idp, &target, &Plan::SMALL, &|_| {}).await.unwrap();
        assert_eq!((summary.requests, summary.unexpected_total), (1, 1));
        assert_eq!((summary.unexpected[0].status, summary.unexpected[0].detail.as_str()), (Some(401), "who are you?"));
        assert!(summary.stopped.is_some());
    }
}

#[tokio::test]
async fn nobody_at_home_is_told_not_panicked_about() {
    let double = Double::start();
    let target = double.target();
    double.kill().await;
    let summary = run(Idp::Okta, &target, &Plan::SMALL, &|_| {}).await.unwrap();
    assert_eq!(summary.unexpected[0].status, None);
    assert!(summary.unexpected[0].detail.contains("refused"), "{summary}");
}

#[tokio::test]
async fn a_server_without_tls_is_told_too() {
    let double = Double::start();
    let mut target = double.target();
    target.scim.set_scheme("https").unwrap();
    match run(Idp::Entra, &target, &Plan::SMALL, &|_| {}).await {
        Ok(summary) => assert_eq!((summary.requests, summary.unexpected[0].status), (1, None), "{summary}"),
        Err(error) => assert!(matches!(error, Error::Certificates(_)), "a machine without certificates: {error}"),
    }
}

#[tokio::test]
async fn a_busy_server_is_asked_again() {
    let double = Double::interfering(|_, number| match number % 3 {
        0 => Interference::Instead(429, "0", json!(null)),
        1 => Interference::Instead(503, "0", json!(null)),
        _ => Interference::None,
    });
    let summary = play(Idp::Okta, &double, Plan { at_once: 1, ..Plan::SMALL }).await;
    assert!(summary.is_clean(), "{summary}");
    assert_eq!(summary.retries, summary.statuses[&429] + summary.statuses[&503]);
    assert_eq!(summary.statuses[&429], summary.requests / 3);
}

#[tokio::test]
async fn a_server_that_stays_busy_is_left_alone() {
    let double = Double::interfering(|_, _| Interference::Instead(429, "0", json!(null)));
    let summary = play(Idp::Entra, &double, Plan::SMALL).await;
    assert_eq!((summary.requests, summary.retries, summary.unexpected_total), (10, 9, 1));
}

#[tokio::test]
async fn wrong_answers_are_listed_up_to_a_limit() {
    let double = Double::interfering(|request, _| match request.method.as_str() {
        "POST" => Interference::Instead(201, "", json!({"id": 7, "userName": "?", "active": "True"})),
        _ => Interference::None,
    });
    let summary = play(Idp::Entra, &double, Plan { users: 150, ..Plan::SMALL }).await;
    assert_eq!((summary.users.created, summary.groups.created), (0, 0));
    assert_eq!((summary.unexpected.len(), summary.unexpected_total), (100, 155));
    let first = &summary.unexpected[0];
    assert_eq!((first.phase, first.method.as_str(), first.path.as_str()), (Phase::Create, "POST", "/Users"));
    assert_eq!((first.status, first.detail.as_str()), (Some(201), "/id is 7"));
}

#[tokio::test]
async fn only_http_and_https_are_spoken() {
    let target = simulator::Target { scim: "ftp://x.example/scim".parse().unwrap(), token: String::new() };
    let error = run(Idp::Okta, &target, &Plan::SMALL, &|_| {}).await.unwrap_err();
    assert_eq!(error.to_string(), "not an http or https address: ftp://x.example/scim");
}
