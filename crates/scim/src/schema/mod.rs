//! The schemas of RFC 7643 as constant tables: one place says what an attribute is, and everything else follows it.
//!
//! The cast: [`Attribute`] is one row with its characteristics (section 2.2), [`Schema`] a table under its URN,
//! [`ResourceType`] a core schema with its extensions, [`AttributePath`] an attribute as a client names it.

mod attribute;
mod common;
mod enterprise;
mod group;
mod path;
mod resource_type;
mod user;

pub use attribute::{Attribute, Mutability, Returned, Type, Uniqueness};
pub use path::AttributePath;
pub(crate) use path::{Name, is_open_urn, resolve, resolve_open};
pub use resource_type::{GROUP, RESOURCE_TYPES, ResourceType, USER};

pub use common::COMMON;
pub use enterprise::ENTERPRISE_USER;
pub use group::GROUP_SCHEMA;
pub use user::USER_SCHEMA;

/// A table of attributes under its URN (RFC 7643 section 7).
#[derive(Debug)]
pub struct Schema {
    pub id: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub attributes: &'static [Attribute],
}

/// A URN names one schema.
impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Schema {}

impl Schema {
    /// By name, without case (RFC 7643 section 2.1).
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        attribute::find(self.attributes, name)
    }
}

#[cfg(test)]
mod tests;
