//! Reading a body: bounded in bytes, in values and in time; JSON whatever its media type says (N3).

use std::time::Duration;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use actix_web::{HttpRequest, web};
use broker::ingest::Refusal;
use futures::StreamExt;
use scim::limits::MAX_BODY_BYTES;
use scim::{Error, ResourceType, schema};
use serde_json::Value;

use super::intake::Hold;

/// Bytes of a body to `/Groups`, where members come by the ten thousand. More than it, or elsewhere than [`MAX_BODY_BYTES`], is 413.
pub const MAX_GROUP_BODY_BYTES: usize = 16 * 1024 * 1024;
/// JSON values in a body, about; more is 413. A member with all its parts is five, and 100,000 of them come at once.
pub const MAX_NODES: usize = 600_000;
/// How long a body may take to arrive; later is 408. A client waits 60 s for an answer (N5).
pub const BODY_TIMEOUT_SECONDS: u64 = 30;

/// What a JSON value takes in memory besides its text, about: an empty one 72 bytes, in an object its key and a slot more.
const NODE_BYTES: usize = 128;
/// Media types that are clearly something else.
const FOREIGN: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/"];

/// The text of a body, with the room that it will take once it is parsed; 408, 413, 415 or 503.
pub(crate) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    of: &ResourceType,
    hold: &mut Hold,
) -> Result<web::Bytes, Refusal> {
    read_within(Duration::from_secs(BODY_TIMEOUT_SECONDS), request, payload, of, hold).await
}

async fn read_within(
    timeout: Duration,
    request: &HttpRequest,
    payload: web::Payload,
    of: &ResourceType,
    hold: &mut Hold,
) -> Result<web::Bytes, Refusal> {
    let limit = if of == &schema::GROUP { MAX_GROUP_BODY_BYTES } else { MAX_BODY_BYTES };
    check_headers(request, limit)?;
    let read = actix_web::rt::time::timeout(timeout, collect(payload, limit, hold)).await;
    let text = read.map_err(|_| Error::new(408, format!("the body took over {} seconds", timeout.as_secs())))??;
    let nodes = nodes(&text);
    if nodes > MAX_NODES {
        return Err(Error::too_large(format!("the body has more than {MAX_NODES} values")).into());
    }
    hold.grow(text.len() + nodes * NODE_BYTES)?;
    Ok(text)
}

/// 400 `invalidSyntax`.
pub(crate) fn parse(text: &[u8]) -> Result<Value, Refusal> {
    Ok(scim::json(text)?)
}

/// What the headers say is known before anything is read.
fn check_headers(request: &HttpRequest, limit: usize) -> Result<(), Refusal> {
    let header =
        |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = header(CONTENT_TYPE);
    if FOREIGN.iter().any(|foreign| media_type.to_ascii_lowercase().starts_with(foreign)) {
        return Err(Error::new(415, format!("{media_type} is not a SCIM media type")).into());
    }
    let encoding = header(CONTENT_ENCODING).trim();
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Error::new(415, "a body is taken as it is, without a content encoding").into());
    }
    if header(CONTENT_LENGTH).parse().is_ok_and(|length: u64| length > limit as u64) {
        return Err(too_large(limit));
    }
    Ok(())
}

async fn collect(mut payload: web::Payload, limit: usize, hold: &mut Hold) -> Result<web::Bytes, Refusal> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Error::invalid_syntax("the body ended early"))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        hold.grow(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn too_large(limit: usize) -> Refusal {
    Error::too_large(format!("the body is larger than {limit} bytes")).into()
}

/// How many values a JSON text has at most: one, and one more behind every comma and every opening bracket.
fn nodes(text: &[u8]) -> usize {
    let (mut nodes, mut quoted, mut escaped) = (1, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' | b'[' | b'{' if !quoted => nodes += 1,
            _ => {}
        }
    }
    nodes
}

#[cfg(test)]
mod tests {
    use actix_web::dev::Payload;
    use actix_web::error::PayloadError;
    use actix_web::test::TestRequest;
    use actix_web::{FromRequest, http::header};
    use model::id::DirectoryId;

    use super::*;
    use crate::ingress::intake::Intake;

    type Chunk = Result<web::Bytes, PayloadError>;

    const LONG: Duration = Duration::from_secs(BODY_TIMEOUT_SECONDS);

    /// Reads a user's body that arrives as `chunks`.
    async fn read_all(
        timeout: Duration,
        request: TestRequest,
        chunks: impl futures::Stream<Item = Chunk> + 'static,
    ) -> Result<web::Bytes, Refusal> {
        let request = request.to_http_request();
        let chunks: std::pin::Pin<Box<dyn futures::Stream<Item = Chunk>>> = Box::pin(chunks);
        let mut payload = Payload::Stream { payload: chunks };
        let payload = web::Payload::from_request(&request, &mut payload).await.unwrap();
        let mut hold = Hold::new(&web::Data::new(Intake::default()), DirectoryId::from_ulid(1.into()));
        read_within(timeout, &request, payload, &schema::USER, &mut hold).await
    }

    fn chunks(text: String) -> impl futures::Stream<Item = Chunk> {
        futures::stream::iter([Ok(web::Bytes::from(text))])
    }

    fn status(read: Result<web::Bytes, Refusal>) -> u16 {
        match read {
            Ok(_) => 200,
            Err(Refusal::Scim(error)) => error.status,
            Err(_) => 503,
        }
    }

    #[test]
    fn counts_values() {
        let check = |text: &str, expected: usize| assert_eq!(nodes(text.as_bytes()), expected, "{text}");
        check("1", 1);
        check(r#"[1,2,{"a":"b"}]"#, 5);
        check(r#"{"a,[{":"\\\",[","b":"\\"}"#, 3);
    }

    #[actix_web::test]
    async fn values_have_a_limit() {
        let many = |nodes: usize| chunks(format!("[{}1]", "1,".repeat(nodes - 2)));
        assert_eq!(status(read_all(LONG, TestRequest::post(), many(MAX_NODES)).await), 200);
        assert_eq!(status(read_all(LONG, TestRequest::post(), many(MAX_NODES + 1)).await), 413);
    }

    #[actix_web::test]
    async fn headers_are_believed_before_anything_is_read() {
        let never = futures::stream::pending::<Chunk>;
        let length = |bytes: usize| TestRequest::post().insert_header((header::CONTENT_LENGTH, bytes.to_string()));
        assert_eq!(status(read_all(LONG, length(MAX_BODY_BYTES + 1), never()).await), 413);
        assert_eq!(status(read_all(LONG, length(MAX_BODY_BYTES), chunks("{}".into())).await), 200);
        for (encoding, expected) in [("gzip", 415), ("Identity", 200)] {
            let request = TestRequest::post().insert_header((header::CONTENT_ENCODING, encoding));
            assert_eq!(status(read_all(LONG, request, chunks("{}".into())).await), expected, "{encoding}");
        }
    }

    #[actix_web::test]
    async fn a_stalled_body_is_given_up() {
        let stalled = || chunks("{".into()).chain(futures::stream::pending());
        assert_eq!(status(read_all(Duration::ZERO, TestRequest::post(), stalled()).await), 408);
        let read = read_all(LONG, TestRequest::post(), stalled());
        assert!(futures::FutureExt::now_or_never(read).is_none(), "it is waited for");
    }
}
