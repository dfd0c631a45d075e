//! Writing attributes: what a body, a key of a value or the path of an operation asks for, and doing it.
//!
//! The cast: [`Verb`] says how (the body of a POST or PUT is `Create`), [`Expander`] turns names and values into
//! [`Assignment`]s by the schema alone, [`apply`] does one to a document. A detached attribute never becomes an
//! assignment: its changes are collected apart, since they need no document.

mod apply;
mod block;
mod detached;
mod entries;
mod expand;
mod open;
mod path;
mod value;

use serde_json::Value;

use crate::conform::Part;
use crate::filter::Filter;
use crate::schema::{Attribute, Schema};

pub(crate) use apply::{apply, finish};
pub(crate) use expand::Expander;

/// How a value is written; each operation of a PATCH is one of the last three (RFC 7644 section 3.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Add,
    Replace,
    Remove,
}

/// One thing to do to a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assignment {
    pub(crate) verb: Verb,
    pub(crate) target: Target,
    pub(crate) write: Write,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    Attribute {
        extension: Option<&'static Schema>,
        attribute: &'static Attribute,
        /// Only the entries that match.
        filter: Option<Filter>,
    },
    /// A whole extension; it can only be removed, a value is written attribute by attribute.
    Block(&'static Schema),
    /// A name in an extension without a schema; where its URN ends may depend on the document.
    Open(String),
}

/// The value, conformed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Write {
    Unassign,
    Value(Value),
    /// The entries of a multi-valued attribute; with `Remove` the ones to take out.
    Entries(Vec<Value>),
    /// The parts of a complex value or of the filtered entries; what is not named stays.
    Parts(Vec<Part>),
    /// The filtered entries become this.
    Entry(Vec<Part>),
}
