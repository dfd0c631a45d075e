//! Searching by POST (RFC 7644 section 3.4.3): a query's parameters in a body.

use serde_json::Value;

use crate::error::{Error, quote};
use crate::lenience::{Leeway, Lenience};
use crate::limits;
use crate::resource::check_declared;

pub const SEARCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// The pairs that a GET's query would hold, for [`crate::ListQuery::parse`] and [`crate::Projection::of_query`].
///
/// 400 `invalidSyntax` for a body that is no search, `invalidValue` for a parameter of the wrong type.
pub fn search(body: Value, lenience: &Lenience) -> Result<Vec<(String, String)>, Error> {
    limits::check_shape(&body)?;
    let Value::Object(members) = body else { return Err(Error::invalid_syntax("a search is a JSON object")) };
    check_declared(&members, &[SEARCH_SCHEMA], &mut Leeway::new(*lenience))?;
    let pairs = members.into_iter().filter(|(name, value)| !name.eq_ignore_ascii_case("schemas") && !value.is_null());
    pairs.map(|(name, value)| Ok((text(&name, value)?, name)).map(|(value, name)| (name, value))).collect()
}

fn text(name: &str, value: Value) -> Result<String, Error> {
    let wrong = || Error::invalid_value(format!("{} is of the wrong type", quote(name)));
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Array(names) => {
            let names: Option<Vec<_>> = names.iter().map(Value::as_str).collect();
            Ok(names.ok_or_else(wrong)?.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lenience::Leniency;

    fn check(body: &Value, expected: Result<&[(&str, &str)], &str>) {
        let pairs = search(body.clone(), &Lenience::default());
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(pairs.map_err(|error| error.detail), expected.map(owned).map_err(str::to_owned), "{body}");
    }

    #[test]
    fn a_body_holds_what_a_query_would() {
        let body = json!({
            "schemas": [SEARCH_SCHEMA], "attributes": ["userName", "name.givenName"], "filter": "title pr",
            "startIndex": 1, "count": 10, "cursor": "", "sortBy": null,
        });
        let expected: &[_] = &[
            ("attributes", "userName,name.givenName"),
            ("filter", "title pr"),
            ("startIndex", "1"),
            ("count", "10"),
            ("cursor", ""),
        ];
        check(&body, Ok(expected));
        check(&json!([]), Err("a search is a JSON object"));
        check(&json!({}), Err("schemas does not name \"urn:ietf:params:scim:api:messages:2.0:SearchRequest\""));
        check(&json!({ "schemas": [SEARCH_SCHEMA], "count": true }), Err("\"count\" is of the wrong type"));
        check(&json!({ "schemas": [SEARCH_SCHEMA], "attributes": [1] }), Err("\"attributes\" is of the wrong type"));
        let lenience = Lenience::default().with(Leniency::AdvisorySchemas);
        assert_eq!(search(json!({}), &lenience), Ok(Vec::new()));
    }
}
