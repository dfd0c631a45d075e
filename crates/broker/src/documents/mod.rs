//! SCIM's reads: users and groups of one directory as the identity provider wrote them, rendered.
//!
//! The cast: a [`Source`] lists the rows of one resource type, [`filter`] turns a SCIM filter into conditions that indexes
//! answer and what is left over to match, [`list`] finds a page, [`scan`] where no index does.

mod filter;
mod list;
mod scan;
mod source;

pub use scan::{MAX_SCANNED, MAX_SCANNED_BYTES};
pub use source::MAX_REFERENCES_PER_PAGE;

use std::sync::Arc;

use model::Timestamp;
use model::id::DirectoryId;
use model::tenant::Directory;
use scim::{Document, ListQuery, ListResponse, Meta, Projection, Reference, ResourceType, render, schema};
use serde_json::Value;
use store::DirectoryReader;
use tokio::sync::Semaphore;

use crate::Broker;
use crate::ingest::{GroupAnswer, Refusal, UserAnswer};
use filter::mentions;
use source::Source;

/// One resource before it is rendered.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) document: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// A reader of one directory's documents, whose links begin with `base_url` (no slash at its end).
pub struct Documents<'a> {
    reader: DirectoryReader,
    base_url: &'a str,
    scans: Arc<Semaphore>,
}

impl Broker {
    pub fn documents<'a>(&self, directory: DirectoryId, base_url: &'a str) -> Documents<'a> {
        Documents { reader: self.store.directory(directory), base_url, scans: Arc::clone(&self.scans) }
    }
}

impl Documents<'_> {
    /// `GET /Users/{id}` or `GET /Groups/{id}`; 404 in SCIM form when there is none.
    pub async fn get(&self, kind: &'static ResourceType, id: &str, projection: &Projection) -> Result<Value, Refusal> {
        let source = Source::of(kind, self);
        let not_found = || scim::Error::not_found(format!("{} {id} does not exist", kind.name));
        let item = source.find(id).await?.ok_or_else(not_found)?;
        let mut rendered = source.render(vec![item], projection.wants(source.detached())).await?;
        let mut resource = rendered.pop().ok_or_else(not_found)?;
        projection.apply(&mut resource);
        Ok(resource)
    }

    /// `GET /Users` or `GET /Groups`; `directory` is that of the reader, for its counters.
    pub async fn list(
        &self,
        directory: &Directory,
        kind: &'static ResourceType,
        query: &ListQuery,
        projection: &Projection,
    ) -> Result<ListResponse, Refusal> {
        list::list(&Source::of(kind, self), directory, query, projection).await
    }
}

/// A user as an answer to a write shows it.
pub fn render_user(answer: &UserAnswer, base_url: &str) -> Value {
    let user = &answer.user;
    one(&schema::USER, (&user.id.to_string(), &answer.document), (user.created_at, user.updated_at), base_url, None)
}

/// A group as an answer to a write shows it.
pub fn render_group(answer: &GroupAnswer, base_url: &str) -> Value {
    let (group, members) = (&answer.group, answer.members.as_deref());
    let times = (group.created_at, group.updated_at);
    one(&schema::GROUP, (&group.id.to_string(), &answer.document), times, base_url, members)
}

fn one(
    resource_type: &'static ResourceType,
    (id, document): (&str, &Document),
    (created, updated): (Timestamp, Timestamp),
    base_url: &str,
    references: Option<&[Reference]>,
) -> Value {
    let meta = Meta { resource_type, id, base_url, created_ms: created.0, last_modified_ms: updated.0, version: None };
    render(document, &meta, references)
}
