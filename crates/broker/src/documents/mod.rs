//! SCIM's reads: users and groups of one directory as the identity provider wrote them, rendered.
//!
//! The cast: a [`Source`] lists the rows of one resource type, [`filter`] turns a SCIM filter into conditions that indexes
//! answer and what is left over to match, [`list`] finds a page, [`scan`] where no index does.

mod filter;
mod list;
mod scan;
mod sequence;
mod shown;
mod source;

pub use scan::{MAX_FOLDED_BYTES, MAX_SCANNED, MAX_SCANNED_BYTES};
pub use shown::{Ids, Shown};
pub use source::MAX_REFERENCES_PER_PAGE;

use std::sync::Arc;

use model::Timestamp;
use model::id::DirectoryId;
use model::tenant::Directory;
use scim::{
    Document, ListQuery, ListResponse, Meta, Preconditions, Projection, Reference, ResourceType, render, schema,
};
use serde_json::Value;
use store::DirectoryReader;
use tokio::sync::Semaphore;

use crate::Broker;
use crate::ingest::{GroupAnswer, Refusal, UserAnswer};
use filter::mentions;
use list::Part;
use source::Source;

/// One resource before it is rendered.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) document: String,
    pub(crate) version: i64,
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
    /// `GET /Users/{id}` or `GET /Groups/{id}`, with its version; 404 in SCIM form when there is none. No resource: the client has
    /// this version.
    pub async fn get(
        &self,
        kind: &'static ResourceType,
        id: &str,
        projection: &Projection,
        preconditions: &Preconditions,
    ) -> Result<(i64, Option<Shown>), Refusal> {
        let source = Source::of(kind, self);
        let not_found = || scim::Error::not_found(format!("{} {id} does not exist", kind.name));
        let item = source.find(id).await?.ok_or_else(not_found)?;
        let version = item.version;
        preconditions.check_match(version)?;
        if !preconditions.is_fresh(version) {
            return Ok((version, None));
        }
        let ids = if projection.wants(source.detached()) { Some(self.references(kind, id).await?) } else { None };
        let resource = source.renderer().one(&item, None)?;
        Ok((version, Some(Shown::new(kind, resource, ids, (projection, self.base_url)))))
    }

    /// A group's members, or a user's groups; none of an id that is none.
    pub async fn references(&self, kind: &'static ResourceType, id: &str) -> Result<Ids, Refusal> {
        Source::of(kind, self).references(id).await
    }

    /// `GET /Users` or `GET /Groups`; `directory` is that of the reader, for its counters.
    pub async fn list(
        &self,
        directory: &Directory,
        kind: &'static ResourceType,
        query: &ListQuery,
        projection: &Projection,
    ) -> Result<ListResponse, Refusal> {
        list::list(&[Part { source: Source::of(kind, self), projection }], directory, query).await
    }

    /// Users and groups together (RFC 7644 section 3.4.2.1): what is asked is a projection of each.
    pub async fn list_all(
        &self,
        directory: &Directory,
        query: &ListQuery,
        projections: &[(&'static ResourceType, Projection)],
    ) -> Result<ListResponse, Refusal> {
        let part = |(kind, projection)| Part { source: Source::of(kind, self), projection };
        let parts: Vec<_> = projections.iter().map(|(kind, projection)| part((*kind, projection))).collect();
        list::list(&parts, directory, query).await
    }
}

/// A user as an answer to a write shows it; `ids` are those of its groups, if they are asked for.
pub fn render_user(answer: &UserAnswer, ids: Option<Ids>, (projection, base_url): (&Projection, &str)) -> Shown {
    let user = &answer.user;
    let stamps = Stamps { version: user.version, created: user.created_at, updated: user.updated_at };
    let rendered = one(&schema::USER, (&user.id.to_string(), &answer.document), stamps, base_url, None);
    Shown::new(&schema::USER, rendered, ids, (projection, base_url))
}

/// A group as an answer to a write shows it, with these members.
pub fn render_group(answer: &GroupAnswer, ids: Option<Ids>, (projection, base_url): (&Projection, &str)) -> Shown {
    let group = &answer.group;
    let stamps = Stamps { version: group.version, created: group.created_at, updated: group.updated_at };
    let rendered = one(&schema::GROUP, (&group.id.to_string(), &answer.document), stamps, base_url, None);
    Shown::new(&schema::GROUP, rendered, ids, (projection, base_url))
}

/// What a resource's `meta` says of its changes.
#[derive(Clone, Copy)]
struct Stamps {
    version: i64,
    created: Timestamp,
    updated: Timestamp,
}

fn one(
    resource_type: &'static ResourceType,
    (id, document): (&str, &Document),
    Stamps { version, created, updated }: Stamps,
    base_url: &str,
    references: Option<&[Reference]>,
) -> Value {
    let meta = Meta { resource_type, id, base_url, created_ms: created.0, last_modified_ms: updated.0, version };
    render(document, &meta, references)
}
