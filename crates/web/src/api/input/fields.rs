//! The members of a JSON body, taken one by one, so that what is wrong is named.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body;
use crate::api::error::{ApiError, Detail};

/// The members of a body that are not yet read, and what was wrong with those that are. Those left over are ignored.
pub(crate) struct Fields {
    members: Map<String, Value>,
    faults: Vec<Detail>,
}

/// Takes every member before it gives up on one, so that all that is wrong is told at once.
pub(crate) trait ReadBody: Sized {
    fn read(fields: &mut Fields) -> Result<Self, ApiError>;
}

impl Fields {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        match body::parse(bytes)? {
            Value::Object(members) => Ok(Self { members, faults: Vec::new() }),
            _ => Err(ApiError::invalid("body", "the body must be a JSON object")),
        }
    }

    /// Reads the body, or tells all that is wrong with it.
    pub(super) fn read<T: ReadBody>(mut self) -> Result<T, ApiError> {
        T::read(&mut self).map_err(|error| error.among(self.faults))
    }

    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ApiError> {
        match self.optional(name)? {
            Some(value) => Ok(value),
            None => self.fault(ApiError::required(name)),
        }
    }

    /// A text that must be one of few.
    pub(crate) fn choice<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        wrong: &str,
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.optional::<String>(name)? else { return Ok(None) };
        match parse(&text) {
            Some(choice) => Ok(Some(choice)),
            None => self.fault(ApiError::invalid(name, wrong)),
        }
    }

    /// [`Fields::choice`] that must be there.
    pub(crate) fn required_choice<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        wrong: &str,
    ) -> Result<T, ApiError> {
        match self.choice(name, parse, wrong)? {
            Some(choice) => Ok(choice),
            None => self.fault(ApiError::required(name)),
        }
    }

    /// `None` when it is absent or null.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, ApiError> {
        Ok(self.nullable(name)?.flatten())
    }

    /// `None` when it is absent, `Some(None)` when it is null.
    #[expect(clippy::option_option, reason = "absent, null and a value are three things")]
    pub(crate) fn nullable<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<Option<T>>, ApiError> {
        match self.members.shift_remove(name).map(serde_json::from_value).transpose() {
            Ok(value) => Ok(value),
            Err(error) => self.fault(ApiError::invalid(name, format!("{name}: {error}"))),
        }
    }

    fn fault<T>(&mut self, error: ApiError) -> Result<T, ApiError> {
        self.faults.extend(error.details().iter().cloned());
        Err(error)
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

    struct Pair;

    impl ReadBody for Pair {
        fn read(fields: &mut Fields) -> Result<Self, ApiError> {
            let (a, b) = (fields.required::<String>("a"), fields.required::<String>("b"));
            a.and(b).map(|_| Self)
        }
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let check = |body: &str, expected: &[&str]| {
            let faults = Fields::parse(body.as_bytes()).unwrap().read::<Pair>().err();
            let faults: Vec<_> = faults.iter().flat_map(ApiError::details).map(ToString::to_string).collect();
            assert_eq!(faults, expected, "{body}");
        };
        check("{}", &["required a", "required b"]);
        check(r#"{"a":7}"#, &["invalid a", "required b"]);
        check(r#"{"a":"x","b":[]}"#, &["invalid b"]);
        check(r#"{"a":"x","b":"y"}"#, &[]);
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
