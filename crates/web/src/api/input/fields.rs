//! The members of a JSON body, taken one by one, so that what is wrong is named.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body;
use crate::api::error::ApiError;

/// The members of a body that are not yet read. Those left over are ignored.
pub(crate) struct Fields(Map<String, Value>);

pub(crate) trait ReadBody: Sized {
    fn read(fields: &mut Fields) -> Result<Self, ApiError>;
}

impl Fields {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        match body::parse(bytes)? {
            Value::Object(map) => Ok(Self(map)),
            _ => Err(ApiError::invalid("body", "the body must be a JSON object")),
        }
    }

    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ApiError> {
        self.optional(name)?.ok_or_else(|| ApiError::required(name))
    }

    /// `None` when it is absent or null.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, ApiError> {
        Ok(self.nullable(name)?.flatten())
    }

    /// `None` when it is absent, `Some(None)` when it is null.
    #[expect(clippy::option_option, reason = "absent, null and a value are three things")]
    pub(crate) fn nullable<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<Option<T>>, ApiError> {
        let wrong = |error| ApiError::invalid(name, format!("{name}: {error}"));
        self.0.shift_remove(name).map(serde_json::from_value).transpose().map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError;

    use super::*;

    fn status<T>(result: Result<T, ApiError>) -> u16 {
        result.err().map_or(200, |error| error.status_code().as_u16())
    }

    #[test]
    fn bodies_are_judged() {
        let check = |body: &str, expected| assert_eq!(status(Fields::parse(body.as_bytes())), expected, "{body}");
        check("", 200);
        check(" \r\n", 200);
        check("{}", 200);
        check("{", 400);
        check(r#"{"a":"\u0000"}"#, 400);
        check(r#"{"a":[{"\u0000":1}]}"#, 400);
        check("[]", 422);
        check("null", 422);
        check(&"[".repeat(1000), 400);
    }

    #[test]
    fn members_are_absent_null_or_there() {
        let mut fields = Fields::parse(br#"{"a":null,"b":null,"c":"x","d":1,"e":2}"#).unwrap();
        assert_eq!(fields.nullable::<String>("a").unwrap(), Some(None));
        assert_eq!(fields.optional::<String>("b").unwrap(), None);
        assert_eq!(fields.required::<String>("c").unwrap(), "x");
        assert_eq!(status(fields.required::<String>("d")), 422);
        assert_eq!(status(fields.required::<String>("e")), 422);
        assert_eq!(status(fields.required::<String>("f")), 422);
    }
}
