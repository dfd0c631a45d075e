//! The body of a POST or PUT (RFC 7644 sections 3.3 and 3.5.1).

use serde_json::{Map, Value};

use crate::assign::{Expander, apply, finish};
use crate::conform::is_blank;
use crate::document::Document;
use crate::error::{Error, quote};
use crate::lenience::{Departure, Leeway, Lenience, Leniency};
use crate::limits;
use crate::outline::{self, Long};
use crate::reference::{DetachedChange, Reference};
use crate::schema::{Attribute, ResourceType};

/// A body that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    pub document: Document,
    /// The detached attribute, without duplicates, in order: `None` when the body does not mention it, empty when it is
    /// null or `[]`.
    pub detached: Option<Vec<Reference>>,
    pub departures: Vec<Departure>,
}

/// The resource that a body describes. Its `id`, `meta` and other read-only attributes are ignored, a password is not kept.
///
/// 400 `invalidSyntax` for a body that is no resource, `invalidValue` for a value that does not fit or a required one that
/// is missing, 413 for a document past its limit.
pub fn parse(resource_type: &'static ResourceType, body: Value, lenience: &Lenience) -> Result<Parsed, Error> {
    understand(resource_type, body, None, *lenience)
}

/// [`parse`] from a body's text, in which a group's members may be a hundred thousand: they are read one by one.
pub fn read(resource_type: &'static ResourceType, text: &[u8], lenience: &Lenience) -> Result<Parsed, Error> {
    match outline::resource(resource_type, text) {
        Some((members, list)) => understand(resource_type, Value::Object(members), Some(list), *lenience),
        None => parse(resource_type, outline::json(text)?, lenience),
    }
}

fn understand(
    resource_type: &'static ResourceType,
    body: Value,
    long: Option<Long<'_>>,
    lenience: Lenience,
) -> Result<Parsed, Error> {
    limits::check_shape(&body)?;
    let Value::Object(members) = body else {
        return Err(Error::invalid_syntax(format!("a {} is a JSON object", resource_type.name)));
    };
    let mut leeway = Leeway::new(lenience);
    check_schemas(resource_type, &members, &mut leeway)?;
    let mut expander = Expander::new(resource_type, &mut leeway);
    expander.long = long;
    expander.members(members)?;
    let Expander { assignments, detached, .. } = expander;

    let mut document = Document::default();
    for assignment in assignments {
        apply(&mut document, assignment, &mut leeway)?;
    }
    finish(&mut document, resource_type, &mut leeway);
    check_required(resource_type, &document)?;
    limits::check_names(&document, resource_type)?;
    limits::check_size(&document)?;
    Ok(Parsed { document, detached: detached.into_iter().next_back().and_then(list), departures: leeway.departures })
}

fn list(change: DetachedChange) -> Option<Vec<Reference>> {
    if let DetachedChange::Replace(references) = change { Some(references) } else { None }
}

fn check_required(resource_type: &ResourceType, document: &Document) -> Result<(), Error> {
    let missing = |attribute: &&Attribute| attribute.required && document.get(attribute.name).is_none();
    match resource_type.schema.attributes.iter().find(missing) {
        Some(attribute) => Err(Error::invalid_value(format!("{} is required", attribute.name))),
        None => check_blank(resource_type, document),
    }
}

/// What is required is not blank (RFC 7643 section 4.1.1).
pub(crate) fn check_blank(resource_type: &ResourceType, document: &Document) -> Result<(), Error> {
    let is_blank = |attribute: &&Attribute| attribute.required && document.get(attribute.name).is_some_and(is_blank);
    match resource_type.schema.attributes.iter().find(is_blank) {
        Some(attribute) => Err(Error::invalid_value(format!("{} is blank", attribute.name))),
        None => Ok(()),
    }
}

/// RFC 7643 section 3: `schemas` names the core schema and every extension that is present. N7: it is advice.
fn check_schemas(
    resource_type: &'static ResourceType,
    members: &Map<String, Value>,
    leeway: &mut Leeway,
) -> Result<(), Error> {
    let extensions = members.keys().filter_map(|key| resource_type.extension(key)).map(|schema| schema.id);
    let wanted: Vec<_> = extensions.chain([resource_type.schema.id]).collect();
    check_declared(members, &wanted, leeway)
}

/// Whether `schemas` names all of `wanted`.
pub(crate) fn check_declared(members: &Map<String, Value>, wanted: &[&str], leeway: &mut Leeway) -> Result<(), Error> {
    let declared =
        members.iter().find(|(key, _)| key.eq_ignore_ascii_case("schemas")).and_then(|(_, urns)| urns.as_array());
    let names = |urn: &str| {
        declared.is_some_and(|urns| urns.iter().filter_map(Value::as_str).any(|name| name.eq_ignore_ascii_case(urn)))
    };
    match wanted.iter().find(|urn| !names(urn)) {
        Some(urn) if !leeway.allow(Leniency::AdvisorySchemas, "schemas") => {
            Err(Error::invalid_syntax(format!("schemas does not name {}", quote(urn))))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
