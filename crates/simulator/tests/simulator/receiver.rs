use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use simulator::receiver::{Behaviour, Clock, Endpoint, Inbox, Receiver, Reply, VerifyError};

const NOW: u64 = 1_795_377_481_042;
const SECRET: &str = "whsec_billing";

struct Hooks {
    receiver: Receiver,
    inbox: Inbox,
    client: reqwest::Client,
}

fn hooks(endpoints: Vec<Endpoint>) -> Hooks {
    let (inbox, clock): (Inbox, Clock) = (Inbox::default(), Arc::new(|| NOW));
    let listen = "127.0.0.1:0".parse().unwrap();
    let receiver = Receiver::start(listen, endpoints, clock, inbox.sink()).unwrap();
    Hooks { receiver, inbox, client: reqwest::Client::builder().build().unwrap() }
}

fn event(id: &str) -> String {
    json!({
        "id": id,
        "event": "dsync.group.user_added",
        "created_at": "2026-11-22T19:58:01.000Z",
        "context": {"sequence": 12, "previous": 9, "version": "12"},
        "data": {
            "directory_id": "directory_1",
            "user": {"object": "directory_user", "id": "directory_user_1", "email": "ada@x.example"},
            "group": {"object": "directory_group", "id": "directory_group_1", "name": "Zoë’s"},
        },
    })
    .to_string()
}

fn sign(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{NOW}.{body}").as_bytes());
    let header = format!("t={NOW}, v1=");
    mac.finalize().into_bytes().iter().fold(header, |header, byte| header + &format!("{byte:02x}"))
}

impl Hooks {
    fn post(&self, path: &str, body: &str, signature: &str) -> reqwest::RequestBuilder {
        let request = self.client.post(self.receiver.url(path)).header("WorkOS-Signature", signature);
        request.header("X-Attempt", "1").body(body.to_owned())
    }

    async fn status(&self, path: &str, id: &str) -> u16 {
        let body = event(id);
        self.post(path, &body, &sign(SECRET, &body)).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn a_delivery_is_verified_and_read() {
    let hooks = hooks(vec![Endpoint::new("/hook", SECRET)]);
    assert_eq!(hooks.status("/hook", "event_1").await, 200);
    let [received] = &hooks.inbox.wait_for(1).await[..] else { panic!() };
    assert_eq!((received.verified, received.duplicate, received.at_ms), (Ok(()), false, NOW));
    assert_eq!(received.event_id.as_deref(), Some("event_1"));
    assert_eq!(received.event_type.as_deref(), Some("dsync.group.user_added"));
    assert_eq!(received.resource.directory_id.as_deref(), Some("directory_1"));
    assert_eq!(received.resource.user_id.as_deref(), Some("directory_user_1"));
    assert_eq!(received.resource.group_id.as_deref(), Some("directory_group_1"));
    assert_eq!((received.sequence, received.previous, received.version), (Some(12), Some(9), Some(12)));
    assert_eq!((received.latency_ms(), received.path.as_str()), (Some(42), "/hook"));
    assert_eq!(received.headers["x-attempt"], "1");
    assert_eq!(received.body, event("event_1"));
}

#[tokio::test]
async fn a_false_delivery_is_refused_and_recorded() {
    let hooks = hooks(vec![Endpoint::new("/hook", SECRET)]);
    let body = event("event_1");
    for (signature, error) in [
        (sign("whsec_other", &body), VerifyError::Mismatch),
        (sign("billing", &body), VerifyError::Mismatch),
        (sign(SECRET, &body).replace(", ", ","), VerifyError::Malformed),
    ] {
        assert_eq!(hooks.post("/hook", &body, &signature).send().await.unwrap().status(), 401);
        let received = hooks.inbox.all().pop().unwrap();
        assert_eq!((received.verified, received.duplicate), (Err(error), false));
    }
    assert_eq!(hooks.client.post(hooks.receiver.url("/hook")).body(body).send().await.unwrap().status(), 401);
    assert_eq!(hooks.inbox.all().pop().unwrap().verified, Err(VerifyError::Missing));
    assert_eq!(hooks.status("/hook", "event_1").await, 200);
    assert!(!hooks.inbox.all().pop().unwrap().duplicate, "a forgery does not make the true one a repetition");
}

#[tokio::test]
async fn endpoints_have_their_own_secrets_behaviour_and_memory() {
    let down = Endpoint::new("/down", SECRET).behaving(Behaviour::Status(500));
    let gone = Endpoint::new("/gone", SECRET).behaving(Behaviour::Gone);
    let hooks = hooks(vec![Endpoint::new("/up", SECRET), down, gone, Endpoint::new("/other", "whsec_other")]);
    for (path, status, duplicate) in
        [("/up", 200, false), ("/down", 500, false), ("/gone", 410, false), ("/up", 200, true), ("/other", 401, false)]
    {
        assert_eq!(hooks.status(path, "event_1").await, status, "{path}");
        let received = hooks.inbox.all().pop().unwrap();
        assert_eq!((received.path.as_str(), received.duplicate), (path, duplicate));
    }
    assert_eq!(hooks.status("/nowhere", "event_1").await, 404);
    assert!(hooks.receiver.behave("/down", Behaviour::Ok));
    assert!(!hooks.receiver.behave("/nowhere", Behaviour::Ok));
    assert_eq!(hooks.status("/down", "event_1").await, 200);
}

#[tokio::test]
async fn a_script_decides_for_each_delivery() {
    let seen = AtomicU64::new(0);
    let script = Behaviour::script(move |received| match seen.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::status(429).retry_after(7),
        _ if received.duplicate => Reply::status(204),
        _ => Reply::status(500),
    });
    let hooks = hooks(vec![Endpoint::new("/hook", SECRET).behaving(script)]);
    let body = event("event_1");
    let first = hooks.post("/hook", &body, &sign(SECRET, &body)).send().await.unwrap();
    assert_eq!((first.status().as_u16(), first.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(hooks.status("/hook", "event_1").await, 204);
    assert_eq!(hooks.status("/hook", "event_2").await, 500);
}

#[tokio::test]
async fn stopping_cuts_what_hangs_and_frees_the_port() {
    let hangs = Endpoint::new("/hangs", SECRET).behaving(Behaviour::Hang(Duration::from_hours(1)));
    let hooks = hooks(vec![hangs]);
    let address = hooks.receiver.address();
    let body = event("event_1");
    let pending = tokio::spawn(hooks.post("/hangs", &body, &sign(SECRET, &body)).send());
    let received = hooks.inbox.wait_for(1).await;
    assert!(received[0].verified.is_ok() && !pending.is_finished());
    hooks.receiver.stop().await;
    let ended = tokio::time::timeout(Duration::from_secs(10), pending).await;
    assert!(ended.is_ok(), "an hour is not waited for");
    let clock: Clock = Arc::new(|| NOW);
    Receiver::start(address, Vec::new(), clock, Inbox::default().sink()).unwrap().stop().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_told() {
    let hooks = hooks(Vec::new());
    let clock: Clock = Arc::new(|| NOW);
    let second = Receiver::start(hooks.receiver.address(), Vec::new(), clock, hooks.inbox.sink());
    assert!(second.err().unwrap().to_string().starts_with("cannot listen on 127.0.0.1:"));
}

#[tokio::test]
async fn a_test_can_wait_for_what_it_wants() {
    let hooks = hooks(vec![Endpoint::new("/hook", SECRET)]);
    let inbox = hooks.inbox.clone();
    let third = tokio::spawn(async move {
        inbox.until(|all| all.iter().any(|received| received.event_id.as_deref() == Some("event_3"))).await
    });
    for id in ["event_1", "event_2", "event_3"] {
        hooks.status("/hook", id).await;
    }
    assert_eq!(third.await.unwrap().len(), 3);
}
