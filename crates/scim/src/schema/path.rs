//! Attribute names as clients write them (RFC 7644 section 3.10), resolved against a resource type.

use std::fmt;

use super::{Attribute, ResourceType, Schema};
use crate::lenience::{Leeway, Leniency};

/// An attribute or a sub-attribute. `Display` writes the canonical name, with the URN of an extension in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributePath {
    /// In a schema; `extension` is `None` for the core schema and the common attributes.
    Known { extension: Option<&'static Schema>, attribute: &'static Attribute, sub: Option<&'static Attribute> },
    /// In an extension that no schema describes.
    Open { urn: String, name: String, sub: Option<String> },
}

impl AttributePath {
    /// The row that describes the values at this path; `None` in an extension without a schema.
    pub fn leaf(&self) -> Option<&'static Attribute> {
        match self {
            Self::Known { attribute, sub, .. } => Some(sub.unwrap_or(attribute)),
            Self::Open { .. } => None,
        }
    }

    /// The path of a sub-attribute; `None` when the schema has no such thing.
    pub(crate) fn child(&self, name: &str) -> Option<Self> {
        match self {
            Self::Known { extension, attribute, sub: None } => {
                let sub = Some(attribute.sub_attribute(name)?);
                Some(Self::Known { extension: *extension, attribute, sub })
            }
            Self::Open { urn, name: parent, sub: None } if !name.is_empty() => {
                Some(Self::Open { urn: urn.clone(), name: parent.clone(), sub: Some(name.to_owned()) })
            }
            Self::Known { .. } | Self::Open { .. } => None,
        }
    }

    /// The path of the attribute that a sub-attribute is part of.
    pub(crate) fn parent(&self) -> Self {
        match self {
            Self::Known { extension, attribute, .. } => Self::Known { extension: *extension, attribute, sub: None },
            Self::Open { urn, name, .. } => Self::Open { urn: urn.clone(), name: name.clone(), sub: None },
        }
    }

    /// Whether it is the flag that is true for at most one entry.
    pub(crate) fn is_primary(&self) -> bool {
        matches!(self, Self::Known { attribute, sub: Some(sub), .. } if attribute.primary() == Some(sub))
    }

    pub(crate) fn sub_name(&self) -> Option<&str> {
        match self {
            Self::Known { sub, .. } => sub.map(|sub| sub.name),
            Self::Open { sub, .. } => sub.as_deref(),
        }
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known { extension: Some(schema), attribute, .. } => write!(f, "{}:{}", schema.id, attribute.name)?,
            Self::Known { extension: None, attribute, .. } => f.write_str(attribute.name)?,
            Self::Open { urn, name, .. } => write!(f, "{urn}:{name}")?,
        }
        self.sub_name().map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}

/// What a name turned out to be.
#[derive(Debug, PartialEq)]
pub(crate) enum Name<'a> {
    Attribute(AttributePath),
    /// The URN of the core schema or of an extension.
    Schema(&'static Schema),
    /// Begins like a URN; no schema describes it.
    Open(&'a str),
    Unknown,
}

/// Resolves `attr`, `attr.sub`, `URN`, `URN:attr` and `URN:attr.sub`. A known URN is found by its longest match and never by
/// splitting: URNs hold dots and colons.
pub(crate) fn resolve<'a>(resource_type: &'static ResourceType, name: &'a str, leeway: &mut Leeway) -> Name<'a> {
    let schemas = resource_type.extensions.iter().copied().chain([resource_type.schema]);
    let matched = schemas.filter_map(|schema| Some((schema, after_urn(name, schema.id)?)));
    if let Some((schema, rest)) = matched.max_by_key(|(schema, _)| schema.id.len()) {
        return if rest.is_empty() { Name::Schema(schema) } else { named(resolve_in(resource_type, schema, rest)) };
    }
    if is_open_urn(name) {
        return Name::Open(name);
    }
    named(resolve_local(resource_type, name).or_else(|| resolve_bare(resource_type, name, leeway)))
}

fn named<'a>(path: Option<AttributePath>) -> Name<'a> {
    path.map_or(Name::Unknown, Name::Attribute)
}

/// `name` in the core schema or in one of the resource type's extensions.
fn resolve_in(resource_type: &'static ResourceType, schema: &'static Schema, name: &str) -> Option<AttributePath> {
    if schema == resource_type.schema {
        return resolve_local(resource_type, name);
    }
    let (first, sub) = split(name);
    with_sub(Some(schema), schema.attribute(first)?, sub)
}

/// `name` or `name.sub` in the core schema or among the common attributes.
fn resolve_local(resource_type: &'static ResourceType, name: &str) -> Option<AttributePath> {
    let (first, sub) = split(name);
    with_sub(None, resource_type.attribute(first)?, sub)
}

fn resolve_bare(resource_type: &'static ResourceType, name: &str, leeway: &mut Leeway) -> Option<AttributePath> {
    let mut extensions = resource_type.extensions.iter();
    let path = extensions.find_map(|schema| resolve_in(resource_type, schema, name))?;
    leeway.allow(Leniency::BareExtensionNames, &path).then_some(path)
}

fn with_sub(
    extension: Option<&'static Schema>,
    attribute: &'static Attribute,
    sub: Option<&str>,
) -> Option<AttributePath> {
    let path = AttributePath::Known { extension, attribute, sub: None };
    sub.map_or(Some(path.clone()), |sub| path.child(sub))
}

/// `URN:attr` or `URN:attr.sub` of an extension without a schema: the URN ends at the last colon.
pub(crate) fn resolve_open(name: &str) -> Option<AttributePath> {
    let (urn, rest) = name.rsplit_once(':')?;
    // A name is cut of the blanks around it when it is read: so is one that ends inside a path.
    let (urn, (first, sub)) = (urn.trim_end(), split(rest));
    let named = urn.contains(':') && !first.is_empty() && !first.starts_with('/');
    named.then(|| AttributePath::Open { urn: urn.to_owned(), name: first.to_owned(), sub: sub.map(str::to_owned) })
}

/// An extension that we do not know is recognised by its name alone.
pub(crate) fn is_open_urn(name: &str) -> bool {
    let starts = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    starts("urn:") || starts("http:") || starts("https:")
}

/// What follows `urn` in `name`: empty, or what stands behind the colon.
fn after_urn<'a>(name: &'a str, urn: &str) -> Option<&'a str> {
    let start = name.get(..urn.len())?;
    let rest = &name[urn.len()..];
    if !start.eq_ignore_ascii_case(urn) {
        return None;
    }
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(':') }
}

fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once('.').map_or((name, None), |(first, sub)| (first, Some(sub)))
}
