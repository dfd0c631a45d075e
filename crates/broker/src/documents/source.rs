//! Rows of one resource type, and how they are rendered.

use std::collections::HashMap;

use model::id::{GroupId, UserId};
use model::query::IndexPage;
use model::resource::{Group, User};
use scim::{Reference, ResourceType, schema};
use serde_json::Value;
use store::{Condition, DirectoryReader, Extent, Listing};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::scan::MAX_SCANNED;
use super::shown::Ids;
use super::{Documents, Item, Stamps, one};
use crate::ingest::Refusal;

/// Members or groups in a page of several resources; the page ends before it has more.
pub const MAX_REFERENCES_PER_PAGE: usize = 100_000;

/// By the id of their owner.
pub(super) type References = HashMap<String, Vec<Reference>>;

pub(super) struct Source<'a> {
    pub(super) kind: &'static ResourceType,
    reader: &'a DirectoryReader,
    base_url: &'a str,
    scans: &'a Semaphore,
}

impl<'a> Source<'a> {
    pub(super) fn of(kind: &'static ResourceType, documents: &'a Documents<'_>) -> Self {
        Self { kind, reader: &documents.reader, base_url: documents.base_url, scans: &documents.scans }
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
        Ok(self.page(&Listing::page(&[Condition::Id(id.to_owned())], page)).await?.pop())
    }

    /// One statement, or two.
    pub(super) async fn page(&self, listing: &Listing<'_>) -> Result<Vec<Item>, Refusal> {
        if self.is_group() {
            let groups = self.reader.list_groups(listing).await.map_err(unavailable)?;
            return Ok(groups.into_iter().filter_map(of_group).collect());
        }
        let users = self.reader.list_users(listing).await.map_err(unavailable)?;
        Ok(users.into_iter().filter_map(of_user).collect())
    }

    /// How much these conditions leave, counted to one past [`MAX_SCANNED`]. One statement.
    pub(super) async fn extent(&self, conditions: &[Condition]) -> Result<Extent, Refusal> {
        let most = MAX_SCANNED + 1;
        let extent = if self.is_group() {
            self.reader.extent_of_groups(conditions, most).await
        } else {
            self.reader.extent_of_users(conditions, most).await
        };
        extent.map_err(unavailable)
    }

    /// A turn to hold many documents at once; it waits for another's end.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.scans.acquire().await.map_err(|_| Refusal::Unavailable)
    }

    /// Rendered in full; one statement more for the references of all of them, when they are wanted. When these are too many
    /// the page ends early: a client goes on behind the last that it got.
    pub(super) async fn render(&self, mut items: Vec<Item>, with_references: bool) -> Result<Vec<Value>, Refusal> {
        let mut references = References::new();
        if with_references && !items.is_empty() {
            let (whole, found) = self.page_references(&items).await?;
            items.truncate(whole);
            references = found;
        }
        let renderer = self.renderer();
        let render = |item: Item| {
            let own = with_references.then(|| references.remove(&item.id).unwrap_or_default());
            renderer.one(&item, own.as_deref())
        };
        items.into_iter().map(render).collect()
    }

    /// The references of the first so many items. One resource is answered whatever it holds, by a second statement.
    async fn page_references(&self, items: &[Item]) -> Result<(usize, References), Refusal> {
        let most = if items.len() == 1 { None } else { Some(MAX_REFERENCES_PER_PAGE) };
        let pairs = self.pairs(items, most).await?;
        match fitting(items, &pairs, most) {
            0 => Ok((1, grouped(self.pairs(&items[..1], None).await?))),
            whole => Ok((whole, grouped(pairs))),
        }
    }

    /// The references of one. One statement.
    pub(super) async fn references(&self, id: &str) -> Result<Ids, Refusal> {
        Ok(if self.is_group() {
            Ids::Members(match id.parse() {
                Ok(group) => self.reader.members_of(group).await.map_err(unavailable)?,
                Err(_) => Vec::new(),
            })
        } else {
            Ids::Groups(match id.parse() {
                Ok(user) => self.reader.groups_of(user).await.map_err(unavailable)?,
                Err(_) => Vec::new(),
            })
        })
    }

    /// The references of all of them, for a filter to look at.
    pub(super) async fn all_references(&self, items: &[Item]) -> Result<References, Refusal> {
        let pairs = self.pairs(items, Some(MAX_REFERENCES_PER_PAGE)).await?;
        if fitting(items, &pairs, Some(MAX_REFERENCES_PER_PAGE)) < items.len() {
            let detail = format!("the filter looks at more than {MAX_REFERENCES_PER_PAGE} {}", self.detached());
            return Err(scim::Error::too_many(detail).into());
        }
        Ok(grouped(pairs))
    }

    /// Owner and reference, in the order of the items; one more than `most`, if there are.
    async fn pairs(&self, items: &[Item], most: Option<usize>) -> Result<Vec<(String, Reference)>, Refusal> {
        let ids = items.iter().map(|item| item.id.as_str());
        let most = most.map(|most| most as u64 + 1);
        if self.is_group() {
            let ids: Vec<GroupId> = ids.filter_map(|id| id.parse().ok()).collect();
            let pairs = self.reader.some_members_of(&ids, most).await.map_err(unavailable)?;
            Ok(pairs
                .into_iter()
                .map(|(group, user)| (group.to_string(), reference(user.to_string(), "User")))
                .collect())
        } else {
            let ids: Vec<UserId> = ids.filter_map(|id| id.parse().ok()).collect();
            let pairs = self.reader.some_groups_of(&ids, most).await.map_err(unavailable)?;
            Ok(pairs
                .into_iter()
                .map(|(group, user)| (user.to_string(), reference(group.to_string(), "direct")))
                .collect())
        }
    }

    pub(super) fn renderer(&self) -> Renderer {
        Renderer { kind: self.kind, base_url: self.base_url.to_owned() }
    }
}

/// What it takes to render, without the database.
pub(super) struct Renderer {
    kind: &'static ResourceType,
    base_url: String,
}

impl Renderer {
    pub(super) const fn kind(&self) -> &'static ResourceType {
        self.kind
    }

    pub(super) fn one(&self, item: &Item, references: Option<&[Reference]>) -> Result<Value, Refusal> {
        let document = serde_json::from_str(&item.document).map_err(|_| Refusal::Unavailable)?;
        let stamps = Stamps { version: item.version, created: item.created_at, updated: item.updated_at };
        Ok(one(self.kind, (&item.id, &document), stamps, &self.base_url, references))
    }
}

fn grouped(pairs: Vec<(String, Reference)>) -> References {
    let mut references = References::new();
    for (owner, reference) in pairs {
        references.entry(owner).or_default().push(reference);
    }
    references
}

/// How many of the items have all their references in `pairs`, which lie in the order of their owners and end one past `most`.
fn fitting(items: &[Item], pairs: &[(String, Reference)], most: Option<usize>) -> usize {
    let cut = pairs.last().filter(|_| most.is_some_and(|most| pairs.len() > most));
    cut.and_then(|(owner, _)| items.iter().position(|item| item.id >= *owner)).unwrap_or(items.len())
}

fn reference(value: String, kind: &str) -> Reference {
    Reference { kind: Some(kind.to_owned()), ..Reference::new(value) }
}

fn of_user(user: User) -> Option<Item> {
    let document = user.document?.json;
    let (created_at, updated_at) = (user.created_at, user.updated_at);
    Some(Item { id: user.id.to_string(), document, version: user.version, created_at, updated_at })
}

fn of_group(group: Group) -> Option<Item> {
    let document = group.document?.json;
    let (created_at, updated_at) = (group.created_at, group.updated_at);
    Some(Item { id: group.id.to_string(), document, version: group.version, created_at, updated_at })
}

/// The error is told once, here; the caller says 503.
#[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn unavailable(error: store::Error) -> Refusal {
    let source = std::error::Error::source(&error).map(ToString::to_string);
    tracing::error!(error = %error, source, "a read failed");
    Refusal::Unavailable
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    #[test]
    fn a_page_ends_before_its_references_are_too_many() {
        let item = |id: &str| Item {
            id: id.to_owned(),
            document: String::new(),
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        let items = ["a", "b", "c"].map(item);
        let check = |owners: &str, most: Option<usize>, expected: usize| {
            let pairs: Vec<_> = owners.chars().map(|owner| (owner.to_string(), Reference::new("r"))).collect();
            assert_eq!(fitting(&items, &pairs, most), expected, "{owners} {most:?}");
        };
        check("aabc", Some(4), 3);
        check("aabcc", Some(4), 2);
        check("aaaab", Some(4), 1);
        check("aaaaa", Some(4), 0);
        check("aaaaa", None, 3);
        check("", Some(0), 3);
    }
}
