//! Rows of one resource type, and how they are rendered.

use std::collections::HashMap;

use model::id::{GroupId, UserId};
use model::query::IndexPage;
use model::resource::{Group, User};
use scim::{Reference, ResourceType, schema};
use serde_json::Value;
use store::{Condition, DirectoryReader};

use super::{Documents, Item, one};
use crate::ingest::Refusal;

pub(super) struct Source<'a> {
    pub(super) kind: &'static ResourceType,
    reader: &'a DirectoryReader,
    base_url: &'a str,
}

impl<'a> Source<'a> {
    pub(super) fn of(kind: &'static ResourceType, documents: &'a Documents<'_>) -> Self {
        Self { kind, reader: &documents.reader, base_url: documents.base_url }
    }

    fn is_group(&self) -> bool {
        self.kind == &schema::GROUP
    }

    /// The name of the references that are kept apart from the document.
    pub(super) fn detached(&self) -> &'static str {
        self.kind.detached().map_or("", |attribute| attribute.name)
    }

    /// An id that is none is not looked up.
    pub(super) async fn find(&self, id: &str) -> Result<Option<Item>, Refusal> {
        let known = if self.is_group() { id.parse::<GroupId>().is_ok() } else { id.parse::<UserId>().is_ok() };
        if !known {
            return Ok(None);
        }
        let page = IndexPage { start_index: 1, count: 1 };
        Ok(self.page(&[Condition::Id(id.to_owned())], page).await?.pop())
    }

    /// One statement.
    pub(super) async fn page(&self, conditions: &[Condition], page: IndexPage) -> Result<Vec<Item>, Refusal> {
        if self.is_group() {
            let groups = self.reader.list_groups(conditions, page).await.map_err(unavailable)?;
            return Ok(groups.into_iter().filter_map(of_group).collect());
        }
        let users = self.reader.list_users(conditions, page).await.map_err(unavailable)?;
        Ok(users.into_iter().filter_map(of_user).collect())
    }

    /// Rendered in full; one statement more for the references of all of them, when they are wanted.
    pub(super) async fn render(&self, items: Vec<Item>, with_references: bool) -> Result<Vec<Value>, Refusal> {
        let mut references =
            if with_references && !items.is_empty() { self.references(&items).await? } else { HashMap::new() };
        let render = |item: Item| {
            let own = with_references.then(|| references.remove(&item.id).unwrap_or_default());
            let document = serde_json::from_str(&item.document).map_err(|_| Refusal::Unavailable)?;
            let times = (item.created_at, item.updated_at);
            Ok(one(self.kind, (&item.id, &document), times, self.base_url, own.as_deref()))
        };
        items.into_iter().map(render).collect()
    }

    async fn references(&self, items: &[Item]) -> Result<HashMap<String, Vec<Reference>>, Refusal> {
        let mut references: HashMap<String, Vec<Reference>> = HashMap::new();
        let ids = items.iter().map(|item| item.id.as_str());
        if self.is_group() {
            let ids: Vec<GroupId> = ids.filter_map(|id| id.parse().ok()).collect();
            for (group, user) in self.reader.members_of(&ids).await.map_err(unavailable)? {
                references.entry(group.to_string()).or_default().push(reference(user.to_string(), "User"));
            }
        } else {
            let ids: Vec<UserId> = ids.filter_map(|id| id.parse().ok()).collect();
            for (group, user) in self.reader.groups_of(&ids).await.map_err(unavailable)? {
                references.entry(user.to_string()).or_default().push(reference(group.to_string(), "direct"));
            }
        }
        Ok(references)
    }
}

fn reference(value: String, kind: &str) -> Reference {
    Reference { kind: Some(kind.to_owned()), ..Reference::new(value) }
}

fn of_user(user: User) -> Option<Item> {
    let document = user.document?.json;
    Some(Item { id: user.id.to_string(), document, created_at: user.created_at, updated_at: user.updated_at })
}

fn of_group(group: Group) -> Option<Item> {
    let document = group.document?.json;
    Some(Item { id: group.id.to_string(), document, created_at: group.created_at, updated_at: group.updated_at })
}

/// The error is told once, here; the caller says 503.
#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn unavailable(error: store::Error) -> Refusal {
    let source = std::error::Error::source(&error).map(ToString::to_string);
    tracing::error!(error = %error, source, "a read failed");
    Refusal::Unavailable
}
