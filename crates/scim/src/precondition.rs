//! Versions and what requests ask of them (RFC 7644 section 3.14, RFC 9110 section 13.1).

use crate::error::Error;

/// A resource's version as `meta.version` and the `ETag` header show it: weak, since two answers of one version may differ in what
/// they project.
pub fn entity_tag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// What `If-Match` and `If-None-Match` ask. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    /// `*`: any version.
    Any,
    /// Without `W/` and quotes: SCIM's tags are compared weakly, and some clients send back the bare text.
    These(Vec<String>),
}

impl Preconditions {
    /// From the two headers; `None` for one that is not there.
    pub fn parse(if_match: Option<&str>, if_none_match: Option<&str>) -> Self {
        Self { if_match: if_match.map(Tags::parse), if_none_match: if_none_match.map(Tags::parse) }
    }

    /// 412 unless a resource of this version may be written.
    pub fn check_write(&self, version: i64) -> Result<(), Error> {
        if self.is_fresh(version) { self.check_match(version) } else { Err(failed(version)) }
    }

    /// 412 unless this version may be read.
    pub fn check_match(&self, version: i64) -> Result<(), Error> {
        match &self.if_match {
            Some(tags) if !tags.name(version) => Err(failed(version)),
            _ => Ok(()),
        }
    }

    /// Whether the client has not this version already; else a read is 304.
    pub fn is_fresh(&self, version: i64) -> bool {
        !self.if_none_match.as_ref().is_some_and(|tags| tags.name(version))
    }
}

impl Tags {
    fn parse(header: &str) -> Self {
        if header.trim() == "*" {
            return Self::Any;
        }
        Self::These(header.split(',').map(|tag| opaque(tag.trim()).to_owned()).collect())
    }

    fn name(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|tag| *tag == version.to_string()),
        }
    }
}

fn opaque(tag: &str) -> &str {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag)
}

fn failed(version: i64) -> Error {
    Error::new(412, format!("the resource has the version {}", entity_tag(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let check = |if_match: Option<&str>, if_none_match: Option<&str>, writes: bool, fresh: bool| {
            let preconditions = Preconditions::parse(if_match, if_none_match);
            assert_eq!(preconditions.check_write(7).is_ok(), writes, "{if_match:?} {if_none_match:?}");
            assert_eq!(preconditions.is_fresh(7), fresh, "{if_match:?} {if_none_match:?}");
        };
        check(None, None, true, true);
        for same in [r#"W/"7""#, r#""7""#, "7", "*", r#"W/"1", W/"7""#] {
            check(Some(same), None, true, true);
            check(None, Some(same), false, false);
        }
        for other in [r#"W/"8""#, r#"W/"77""#, "", r#"w/"7""#, r#""W/7""#] {
            check(Some(other), None, false, true);
            check(None, Some(other), true, true);
        }
        let detail = Preconditions::parse(Some("8"), None).check_match(7).unwrap_err().detail;
        assert_eq!(detail, r#"the resource has the version W/"7""#);
    }
}
