//! The resource types (RFC 7643 section 6): a core schema, its extensions and an endpoint.

use super::attribute::{self, Attribute};
use super::{COMMON, ENTERPRISE_USER, GROUP_SCHEMA, Schema, USER_SCHEMA};

#[derive(Debug, PartialEq, Eq)]
pub struct ResourceType {
    pub name: &'static str,
    pub description: &'static str,
    /// Relative to the base URL, with its leading slash.
    pub endpoint: &'static str,
    pub schema: &'static Schema,
    pub extensions: &'static [&'static Schema],
}

pub static USER: ResourceType = ResourceType {
    name: "User",
    description: "User Account",
    endpoint: "/Users",
    schema: &USER_SCHEMA,
    extensions: &[&ENTERPRISE_USER],
};

pub static GROUP: ResourceType =
    ResourceType { name: "Group", description: "Group", endpoint: "/Groups", schema: &GROUP_SCHEMA, extensions: &[] };

pub static RESOURCE_TYPES: &[&ResourceType] = &[&USER, &GROUP];

impl ResourceType {
    /// By name, without case.
    pub fn find(name: &str) -> Option<&'static Self> {
        RESOURCE_TYPES.iter().copied().find(|kind| kind.name.eq_ignore_ascii_case(name))
    }

    /// An attribute of the core schema or a common one, by its bare name without case.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.schema.attribute(name).or_else(|| attribute::find(COMMON, name))
    }

    /// By URN, without case.
    pub fn extension(&self, urn: &str) -> Option<&'static Schema> {
        self.extensions.iter().copied().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// The references that are kept apart from the document: a group's `members`, a user's `groups`.
    pub fn detached(&self) -> Option<&'static Attribute> {
        self.schema.attributes.iter().find(|attribute| attribute.detached)
    }
}
