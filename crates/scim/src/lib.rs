#![doc = include_str!("../README.md")]

mod assign;
mod conform;
mod cursor;
pub mod discovery;
mod document;
mod error;
pub mod filter;
mod fold;
mod lenience;
pub mod limits;
pub mod list;
mod patch;
mod precondition;
mod projection;
mod reference;
mod render;
pub mod resource;
pub mod schema;
mod search;
mod sort;
mod time;

pub use cursor::{Cursor, Place};
pub use document::Document;
pub use error::{ERROR_SCHEMA, Error, ScimType};
pub use filter::Filter;
pub use lenience::{Departure, Lenience, Leniency};
pub use list::{ListQuery, ListResponse, Paging, Sorting};
pub use patch::{Applied, PATCH_SCHEMA, Patch};
pub use precondition::{Preconditions, entity_tag};
pub use projection::Projection;
pub use reference::{DetachedChange, Reference};
pub use render::{Meta, render, render_references};
pub use resource::Parsed;
pub use schema::ResourceType;
pub use search::{SEARCH_SCHEMA, search};
pub use sort::{Sort, SortKey};
