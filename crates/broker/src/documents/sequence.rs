//! The resources of a list in their order: read by index, a page at a time, or all that a scan has found.

use std::cmp::Ordering;

use scim::{Place, ResourceType, Sort, SortKey};
use store::{Condition, Key, Listing, SortBy, Start};

use super::Item;
use super::scan::check_rows;
use super::source::Source;
use crate::ingest::Refusal;

/// A resource with its place in the order.
#[derive(Clone)]
pub(super) struct Keyed {
    pub(super) kind: &'static ResourceType,
    /// Of what was scanned; the indexes know it by themselves.
    pub(super) key: Option<SortKey>,
    pub(super) item: Item,
}

/// Where reading begins, and which way it goes.
pub(super) enum From<'a> {
    Offset(u64),
    /// Backward, what comes first lies nearest to the place.
    Place {
        place: Option<&'a Place>,
        backward: bool,
    },
}

pub(super) enum Sequence<'a> {
    Indexed(Indexed<'a>),
    Scanned(Scanned),
}

pub(super) struct Indexed<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) conditions: Vec<Condition>,
    pub(super) by: SortBy,
    pub(super) descending: bool,
    /// The directory's counter, when the list has no conditions: nothing is counted.
    pub(super) total: Option<u64>,
}

pub(super) struct Scanned {
    found: Vec<Keyed>,
    sort: Option<Sort>,
}

impl Sequence<'_> {
    pub(super) async fn take(&self, from: &From<'_>, count: u64) -> Result<Vec<Keyed>, Refusal> {
        match self {
            Self::Indexed(indexed) => indexed.take(from, count).await,
            Self::Scanned(scanned) => Ok(scanned.take(from, count)),
        }
    }

    /// How many there are, counted up to one past [`MAX_SCANNED`](super::MAX_SCANNED) where they have to be.
    pub(super) async fn count(&self) -> Result<u64, Refusal> {
        match self {
            Self::Indexed(Indexed { total: Some(total), .. }) => Ok(*total),
            Self::Indexed(indexed) => Ok(indexed.source.extent(&indexed.conditions).await?.rows),
            Self::Scanned(scanned) => Ok(scanned.found.len() as u64),
        }
    }

    /// Whether the number is known only by counting, which ends early.
    pub(super) const fn is_counted(&self) -> bool {
        matches!(self, Self::Indexed(Indexed { total: None, .. }))
    }

    /// Whether a place of this resource type lies in here.
    pub(super) fn holds(&self, kind: &str) -> bool {
        match self {
            Self::Indexed(indexed) => indexed.source.kind.name == kind,
            Self::Scanned(_) => true,
        }
    }
}

impl Indexed<'_> {
    async fn take(&self, from: &From<'_>, count: u64) -> Result<Vec<Keyed>, Refusal> {
        let (start, descending) = match from {
            From::Offset(offset) => (Start::Offset(*offset), self.descending),
            From::Place { place, backward } => {
                let start = place.map_or(Start::Offset(0), |place| Start::Behind {
                    key: place.key.as_ref().and_then(index_key),
                    id: place.id.clone(),
                });
                (start, self.descending != *backward)
            }
        };
        let listing = Listing { conditions: &self.conditions, by: self.by, descending, start, count };
        let (kind, items) = (self.source.kind, self.source.page(&listing).await?);
        Ok(items.into_iter().map(|item| Keyed { kind, key: None, item }).collect())
    }
}

fn index_key(key: &SortKey) -> Option<Key> {
    match key {
        SortKey::Text(text) => Some(Key::Text(text.clone())),
        SortKey::Integer(integer) => Some(Key::Integer(*integer)),
        SortKey::Boolean(_) => None,
    }
}

impl Scanned {
    /// Of several scans one after the other, or all of them in one order.
    pub(super) fn new(mut found: Vec<Keyed>, sort: Option<Sort>) -> Result<Self, Refusal> {
        check_rows(found.len() as u64)?;
        if let Some(sort) = &sort {
            found.sort_by(|one, other| sort.order(place(one), place(other)));
        }
        Ok(Self { found, sort })
    }

    fn take(&self, from: &From<'_>, count: u64) -> Vec<Keyed> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        match from {
            From::Offset(offset) => {
                let offset = usize::try_from(*offset).unwrap_or(usize::MAX);
                self.found.iter().skip(offset).take(count).cloned().collect()
            }
            From::Place { place, backward: false } => {
                let begin = place.map_or(0, |place| self.found.partition_point(|one| self.order(one, place).is_le()));
                self.found[begin..].iter().take(count).cloned().collect()
            }
            From::Place { place, backward: true } => {
                let end = place
                    .map_or(self.found.len(), |place| self.found.partition_point(|one| self.order(one, place).is_lt()));
                self.found[..end].iter().rev().take(count).cloned().collect()
            }
        }
    }

    /// Without an order of their own the kinds lie one behind the other.
    fn order(&self, one: &Keyed, other: &Place) -> Ordering {
        match &self.sort {
            Some(sort) => sort.order(place(one), (other.key.as_ref(), &other.id)),
            None => rank(one.kind.name).cmp(&rank(&other.kind)).then_with(|| one.item.id.as_str().cmp(&other.id)),
        }
    }
}

fn place(keyed: &Keyed) -> (Option<&SortKey>, &str) {
    (keyed.key.as_ref(), &keyed.item.id)
}

/// The order of the resource types.
fn rank(kind: &str) -> Option<usize> {
    scim::schema::RESOURCE_TYPES.iter().position(|known| known.name == kind)
}
