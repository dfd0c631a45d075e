//! Answers: JSON text of views, as stored where they are stored.

use std::fmt::Display;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use model::json::to_wire;
use model::query::Page;
use serde::Serialize;

use super::error::ApiError;

pub(crate) type Answer = Result<HttpResponse, ApiError>;

pub(crate) fn object(status: StatusCode, view: &impl Serialize) -> Answer {
    Ok(text(status, wire(view)?))
}

/// The wire text of a view.
pub(crate) fn wire(view: &impl Serialize) -> Result<String, ApiError> {
    to_wire(view).map_err(ApiError::unwritable)
}

/// JSON text as it is.
pub(crate) fn text(status: StatusCode, json: String) -> HttpResponse {
    HttpResponse::build(status).content_type(ContentType::json()).body(json)
}

/// A page of views.
pub(crate) fn views<T, I: Display, V: Serialize>(page: Page<T, I>, view: impl Fn(&T) -> V) -> Answer {
    let Page { items, before, after } = page;
    let items = items.iter().map(|noun| wire(&view(noun))).collect::<Result<_, ApiError>>()?;
    list(&Page { items, before, after })
}

/// A page of JSON with its cursors: `before` and `after` are null where nothing lies that way.
pub(crate) fn list<I: Display>(page: &Page<String, I>) -> Answer {
    let cursor = |id: &Option<I>| id.as_ref().map(I::to_string);
    let metadata = wire(&Cursors { before: cursor(&page.before), after: cursor(&page.after) })?;
    Ok(text(StatusCode::OK, list_text(page.items.iter().map(String::as_str), &metadata)))
}

#[derive(Serialize)]
struct Cursors {
    before: Option<String>,
    after: Option<String>,
}

/// `{"object":"list",…}` around objects that are JSON already.
pub(crate) fn list_text<'a>(objects: impl Iterator<Item = &'a str>, metadata: &str) -> String {
    format!(r#"{{"object":"list","data":{},"list_metadata":{metadata}}}"#, array(objects))
}

/// The object with one more member, its other bytes as they are.
pub(crate) fn with_array<'a>(object: &str, name: &str, items: impl Iterator<Item = &'a str>) -> String {
    let open = object.trim_end().strip_suffix('}').unwrap_or(object);
    let comma = if open.trim_end().ends_with('{') { "" } else { "," };
    format!(r#"{open}{comma}"{name}":{}}}"#, array(items))
}

fn array<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_gets_one_more_member() {
        let check = |object: &str, items: &[&str], expected: &str| {
            let made = with_array(object, "groups", items.iter().copied());
            assert_eq!(made, expected);
            assert!(serde_json::from_str::<serde_json::Value>(&made).is_ok(), "{made}");
        };
        check(r#"{"a":1.50}"#, &[], r#"{"a":1.50,"groups":[]}"#);
        check(r#"{"a":{}}"#, &[r#"{"b":"}"}"#, "{}"], r#"{"a":{},"groups":[{"b":"}"},{}]}"#);
        check(r#"{"a":"{"}"#, &[], r#"{"a":"{","groups":[]}"#);
        check("{}", &["{}"], r#"{"groups":[{}]}"#);
    }

    #[test]
    fn a_list_holds_its_objects_as_they_are() {
        let text = list_text([r#"{"n":1.50}"#, "{}"].into_iter(), "{}");
        assert_eq!(text, r#"{"object":"list","data":[{"n":1.50},{}],"list_metadata":{}}"#);
    }
}
