//! PATCH (RFC 7644 section 3.5.2).
//!
//! The cast: [`Patch::parse`] reads the body and resolves every path and value by the schema, before any resource is
//! loaded; [`Patch::apply`] does it to a document, all of it or nothing; [`Applied`] is what came out. Changes of the
//! detached attribute are known as soon as the body is read and touch no document.

mod body;

use serde_json::Value;

use crate::assign::{Assignment, Expander, Verb, apply, finish};
use crate::document::Document;
use crate::error::Error;
use crate::lenience::{Departure, Leeway, Lenience};
use crate::limits;
use crate::outline::{self, Long};
use crate::reference::DetachedChange;
use crate::resource::check_blank;
use crate::schema::ResourceType;

use body::{Operation, operations};

pub const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A PATCH body that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    resource_type: &'static ResourceType,
    /// With the number of their operation, counted from 1.
    assignments: Vec<(usize, Assignment)>,
    detached: Vec<DetachedChange>,
    leeway: Leeway,
}

/// The outcome of a PATCH.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied<'a> {
    pub document: Document,
    /// In the order of the operations.
    pub detached: &'a [DetachedChange],
    pub departures: Vec<Departure>,
}

impl Patch {
    /// 400 `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `mutability` or `noTarget`; the detail names the
    /// operation.
    pub fn parse(resource_type: &'static ResourceType, body: Value, lenience: &Lenience) -> Result<Self, Error> {
        Self::understand(resource_type, body, &[], *lenience)
    }

    /// [`Patch::parse`] from a body's text, in which a group's members may be a hundred thousand: they are read one by one.
    pub fn read(resource_type: &'static ResourceType, text: &[u8], lenience: &Lenience) -> Result<Self, Error> {
        match outline::patch(resource_type, text) {
            Some((body, lists)) => Self::understand(resource_type, body, &lists, *lenience),
            None => Self::parse(resource_type, outline::json(text)?, lenience),
        }
    }

    /// `lists`: what was left as text, by the number of the operation.
    fn understand(
        resource_type: &'static ResourceType,
        body: Value,
        lists: &[Option<Long<'_>>],
        lenience: Lenience,
    ) -> Result<Self, Error> {
        limits::check_shape(&body)?;
        let mut leeway = Leeway::new(lenience);
        let operations = operations(body, &mut leeway)?;
        let mut expander = Expander::new(resource_type, &mut leeway);
        let mut numbers = Vec::new();
        for (index, operation) in operations.into_iter().enumerate() {
            expander.long = lists.get(index).copied().flatten();
            expand(&mut expander, operation).map_err(|error| error.in_operation(index + 1))?;
            numbers.resize(expander.assignments.len(), index + 1);
        }
        let Expander { assignments, detached, .. } = expander;
        let assignments = numbers.into_iter().zip(assignments).collect();
        Ok(Self { resource_type, assignments, detached, leeway })
    }

    /// What happens to the detached attribute, in the order of the operations.
    pub fn detached(&self) -> &[DetachedChange] {
        &self.detached
    }

    /// Whether the document may change at all; a PATCH of members alone leaves it as it is.
    pub fn touches_document(&self) -> bool {
        !self.assignments.is_empty()
    }

    /// Does the operations in order on a copy; an error means that nothing was done (N21).
    pub fn apply(&self, document: &Document) -> Result<Applied<'_>, Error> {
        let mut document = document.clone();
        let mut leeway = self.leeway.clone();
        for (number, assignment) in &self.assignments {
            apply(&mut document, assignment.clone(), &mut leeway).map_err(|error| error.in_operation(*number))?;
        }
        if self.touches_document() {
            finish(&mut document, self.resource_type, &mut leeway);
            check_blank(self.resource_type, &document)?;
            limits::check_names(&document, self.resource_type)?;
            limits::check_size(&document)?;
        }
        Ok(Applied { document, detached: &self.detached, departures: leeway.departures })
    }
}

/// One operation. Without a path every member of its value is a path of its own (N15), and `remove` has no target (N18).
fn expand(expander: &mut Expander<'_>, operation: Operation) -> Result<(), Error> {
    let Operation { verb, path, value } = operation;
    expander.verb = verb;
    match (verb, path, value) {
        (Verb::Remove, None, _) => Err(Error::no_target("remove needs a path")),
        (Verb::Remove, Some(path), value) => expander.path(&path, value),
        (_, _, None) => Err(Error::invalid_value("there is no value")),
        (_, Some(path), value) => expander.path(&path, value),
        (_, None, Some(Value::Object(members))) => expander.members(members),
        (_, None, Some(_)) => Err(Error::invalid_value("without a path the value must be an object")),
    }
}

#[cfg(test)]
mod tests;
