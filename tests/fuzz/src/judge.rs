//! What is asked of an answer.

use std::fmt::Debug;

use scim::limits::MAX_DEPARTURES;
use scim::{Departure, Error};

/// What a text came to, and what was forgiven.
pub(crate) type Understood<T> = Result<(T, Vec<Departure>), Error>;

/// Read as text and as JSON it comes to the same, or is refused both ways. A long list is read entry by entry: which of two faults
/// ends it, and which of two departures comes first, is left open. `None`: it was refused.
pub(crate) fn agreed<T: Debug + PartialEq>(as_text: Understood<T>, as_json: Understood<T>) -> Option<T> {
    match (as_text, as_json) {
        (Ok((text, of_text)), Ok((json, of_json))) => {
            assert_eq!(text, json, "read as text and as JSON");
            assert!(is_same(&of_text, &of_json), "forgiven as text {of_text:?}, as JSON {of_json:?}");
            Some(text)
        }
        (Err(text), Err(json)) => {
            check(&text);
            check(&json);
            None
        }
        (text, json) => panic!("read as text {text:?}, as JSON {json:?}"),
    }
}

/// In any order; of too many not all are told.
fn is_same(some: &[Departure], others: &[Departure]) -> bool {
    some.len() == others.len() && (some.len() == MAX_DEPARTURES || some.iter().all(|one| others.contains(one)))
}

/// An error is the client's, and says so in the protocol's own form (RFC 7644 section 3.12).
pub(crate) fn check(error: &Error) {
    assert!(matches!(error.status, 400 | 413), "{error:?}");
    let body = error.to_json();
    assert_eq!(body["status"], error.status.to_string());
    assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
}
