#![doc = include_str!("../README.md")]

mod assign;
mod conform;
pub mod discovery;
mod document;
mod error;
pub mod filter;
mod fold;
mod lenience;
pub mod limits;
pub mod list;
mod patch;
mod projection;
mod reference;
mod render;
pub mod resource;
pub mod schema;
mod time;

pub use document::Document;
pub use error::{ERROR_SCHEMA, Error, ScimType};
pub use filter::Filter;
pub use lenience::{Departure, Lenience, Leniency};
pub use list::{ListQuery, ListResponse};
pub use patch::{Applied, PATCH_SCHEMA, Patch};
pub use projection::Projection;
pub use reference::{DetachedChange, Reference};
pub use render::{Meta, render};
pub use resource::Parsed;
pub use schema::ResourceType;
