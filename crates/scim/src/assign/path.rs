//! The path of an operation and the key of a value (RFC 7644 section 3.5.2, figure 7).

use std::fmt;

use crate::error::{Error, quote};
use crate::filter::{Filter, ValuePath};
use crate::lenience::Leeway;
use crate::schema::{Attribute, AttributePath, Name, ResourceType, Schema, resolve};

/// What a path leads to.
#[derive(Debug)]
pub(super) enum Path {
    Attribute(AttributeTarget),
    /// A schema's URN alone: the core attributes or an extension block.
    Schema(&'static Schema),
    Open(String),
    Unknown,
}

/// An attribute of a schema, the filter that selects its entries, and the sub-attribute meant.
#[derive(Debug)]
pub(super) struct AttributeTarget {
    pub(super) extension: Option<&'static Schema>,
    pub(super) attribute: &'static Attribute,
    pub(super) filter: Option<Filter>,
    pub(super) sub: Option<&'static Attribute>,
}

impl Path {
    pub(super) fn parse(resource_type: &'static ResourceType, text: &str, leeway: &mut Leeway) -> Result<Self, Error> {
        let text = text.trim();
        if text.contains('[') {
            return Self::filtered(resource_type, text, leeway);
        }
        if text.contains([' ', '"', ']', '(', ')', '\0']) || text.is_empty() {
            return Err(Error::invalid_path(format!("{} is no attribute path", quote(text))));
        }
        Ok(match resolve(resource_type, text, leeway) {
            Name::Attribute(path) => Self::of(&path, None, None),
            Name::Schema(schema) => Self::Schema(schema),
            Name::Open(name) => Self::Open(name.to_owned()),
            Name::Unknown => Self::Unknown,
        })
    }

    fn filtered(resource_type: &'static ResourceType, text: &str, leeway: &mut Leeway) -> Result<Self, Error> {
        let Some(path) = ValuePath::parse(resource_type, text, leeway)? else { return Ok(Self::Unknown) };
        let sub = path.sub.as_ref().and_then(AttributePath::leaf);
        Ok(Self::of(&path.attribute, Some(path.filter), sub))
    }

    /// The entries of an open extension's attribute are opaque, so a filter on them finds nothing to work on.
    fn of(path: &AttributePath, filter: Option<Filter>, entry_sub: Option<&'static Attribute>) -> Self {
        match path {
            AttributePath::Known { extension, attribute, sub } => {
                Self::Attribute(AttributeTarget { extension: *extension, attribute, filter, sub: sub.or(entry_sub) })
            }
            AttributePath::Open { .. } => Self::Unknown,
        }
    }

    /// Whether a key of a value is what the RFC foresees: an attribute's name or an extension's URN.
    pub(super) fn is_plain(&self, key: &str) -> bool {
        match self {
            Self::Attribute(target) => target.attribute.name.eq_ignore_ascii_case(key),
            Self::Schema(_) | Self::Open(_) | Self::Unknown => true,
        }
    }
}

/// As it is named in errors.
impl fmt::Display for AttributeTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = AttributePath::Known { extension: self.extension, attribute: self.attribute, sub: self.sub };
        path.fmt(f)
    }
}
