//! The client against a receiver on a socket.

use std::time::Duration;

use model::address::Refusal;

use super::address::check_all;
use super::{AddressPolicy, Answer, Client, Outgoing, Verdict};
use crate::tests::receiver::{Receiver, Reply};

const TIMEOUT: Duration = Duration::from_millis(300);
const PRIVATE: AddressPolicy = AddressPolicy { allow_private: true };

async fn send(url: &str, policy: AddressPolicy) -> Answer {
    let body = "{}".to_owned();
    let outgoing = Outgoing { url, secret: "s", body, delivery: "delivery_1".to_owned(), attempt: 1, now_ms: 0 };
    Client::new(policy, TIMEOUT).unwrap().send(outgoing).await
}

#[tokio::test]
async fn an_answer_is_read_up_to_a_limit() {
    let receiver =
        Receiver::new(|received| Reply::With(200, "", "x".repeat(received.path[1..].parse().unwrap()))).await;
    for (length, kept) in [(4095, 4095), (4096, 4096), (4097, 4096), (10_000_000, 4096)] {
        let answer = send(&receiver.url(&format!("/{length}")), PRIVATE).await;
        assert_eq!((answer.verdict(), answer.response.map(|text| text.len())), (Verdict::Delivered, Some(kept)));
    }
    assert_eq!(send(&receiver.url("/0"), PRIVATE).await.response, None);
}

/// The status is there: the event has arrived.
#[tokio::test]
async fn a_body_that_does_not_end_changes_nothing() {
    let receiver = Receiver::new(|_| Reply::Stall(200)).await;
    let answer = send(&receiver.url("/a"), PRIVATE).await;
    assert_eq!((answer.verdict(), answer.status), (Verdict::Delivered, Some(200)));
}

#[tokio::test]
async fn every_status_has_its_verdict() {
    let receiver = Receiver::new(|received| Reply::Status(received.path[1..].parse().unwrap())).await;
    let failed = |failing| Verdict::Failed { failing };
    let cases = [
        (200, Verdict::Delivered),
        (299, Verdict::Delivered),
        (301, failed(false)),
        (400, failed(false)),
        (408, failed(true)),
        (410, Verdict::Gone),
        (429, failed(true)),
        (500, failed(true)),
        (599, failed(true)),
    ];
    for (status, verdict) in cases {
        assert_eq!(send(&receiver.url(&format!("/{status}")), PRIVATE).await.verdict(), verdict, "{status}");
    }
}

#[tokio::test]
async fn what_cannot_be_requested_is_an_answer_too() {
    let check = async |url: &str, error: &str| {
        let answer = send(url, PRIVATE).await;
        assert_eq!(
            (answer.error.as_deref(), answer.verdict()),
            (Some(error), Verdict::Failed { failing: true }),
            "{url}"
        );
    };
    check("nonsense", "the URL cannot be requested").await;
    check("ftp://127.0.0.1/a", "the URL cannot be requested").await;
    check("http://127.0.0.1:1/a", "the connection could not be made").await;
    check("http://host.invalid/a", "the connection could not be made").await;
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    let hosts = ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]", "localhost", "LOCALHOST"];
    for host in hosts {
        let answer = send(&format!("https://{host}:1/a"), AddressPolicy::default()).await;
        assert_eq!(answer.error.as_deref(), Some("the address is loopback"), "{host}");
    }
    let metadata = send("https://169.254.169.254/latest", AddressPolicy::default()).await;
    assert_eq!(metadata.error.as_deref(), Some("the address is link-local"));
    let plain = send("http://93.184.215.14/", AddressPolicy::default()).await;
    assert_eq!(plain.error.as_deref(), Some("the URL is not https"));
}

#[test]
fn one_private_address_refuses_the_name() {
    let addresses = ["8.8.8.8:0", "10.0.0.1:0"].map(|address| address.parse().unwrap());
    assert_eq!(check_all(AddressPolicy::default(), &addresses[..1]), Ok(()));
    assert_eq!(check_all(AddressPolicy::default(), &addresses), Err(Refusal("private")));
    assert_eq!(check_all(PRIVATE, &addresses), Ok(()));
}
