//! A filter or an order that no index answers in full: what the indexes leave is looked at, one resource after the other.

use scim::filter::Matcher;
use scim::{Filter, Sort, SortKey};
use store::{Extent, Listing, SortBy, Start};
use tokio::task::spawn_blocking;

use super::filter::Plan;
use super::sequence::Keyed;
use super::source::{References, Renderer, Source};
use super::{Item, mentions};
use crate::ingest::Refusal;

/// How many resources a filter that no index answers may look at; past that it is `tooMany`.
pub const MAX_SCANNED: u64 = 10_000;
/// Bytes of documents that such a filter may look at: each is read once, and again by every comparison.
pub const MAX_SCANNED_BYTES: u64 = 128 * 1024 * 1024;
/// Bytes beyond ASCII that such a filter and its order may fold, to compare them without case.
pub const MAX_FOLDED_BYTES: usize = 8 * 1024 * 1024;

/// All that match, in the order of creation unless they are to be sorted. Measured first, so that nothing large is read in vain;
/// matched beside the worker, whose other requests need not wait for it.
pub(super) async fn matching(source: &Source<'_>, plan: Plan, sort: Option<Sort>) -> Result<Vec<Keyed>, Refusal> {
    let _turn = source.turn().await?;
    // In the order of an index that has them; what has an order of its own is sorted in the end.
    let by = if sort.is_some() && plan.is_of_changes() { SortBy::Modified } else { SortBy::Created };
    let Plan { conditions, rest } = plan;
    let extent = source.extent(&conditions).await?;
    check_rows(extent.rows)?;
    check_bytes(extent, rest.as_ref().map_or(0, Filter::terms))?;
    let start = Start::Offset(0);
    let listing = Listing { conditions: &conditions, by, descending: false, start, count: MAX_SCANNED };
    let items = source.page(&listing).await?;
    let looked_at = rest.as_ref().is_some_and(|rest| mentions(rest, source.detached()));
    let references = if looked_at { Some(source.all_references(&items).await?) } else { None };
    let renderer = source.renderer();
    let sifted = spawn_blocking(move || sift(&renderer, items, references, rest.as_ref(), sort.as_ref())).await;
    sifted.map_err(|_| Refusal::Unavailable)?
}

pub(super) fn check_rows(rows: u64) -> Result<(), Refusal> {
    if rows > MAX_SCANNED {
        return Err(scim::Error::too_many(format!("the list looks at more than {MAX_SCANNED} resources")).into());
    }
    Ok(())
}

fn check_bytes(extent: Extent, terms: usize) -> Result<(), Refusal> {
    let is_too_much = extent.bytes.saturating_mul(terms as u64 + 1) > MAX_SCANNED_BYTES;
    if is_too_much { Err(compares_too_much()) } else { Ok(()) }
}

fn check_folded(bytes: usize) -> Result<(), Refusal> {
    if bytes > MAX_FOLDED_BYTES { Err(compares_too_much()) } else { Ok(()) }
}

fn compares_too_much() -> Refusal {
    scim::Error::too_many("the filter compares too much: ask for less, or by an attribute that is indexed").into()
}

/// Keeps what matches, each with its key.
fn sift(
    renderer: &Renderer,
    items: Vec<Item>,
    mut references: Option<References>,
    rest: Option<&Filter>,
    sort: Option<&Sort>,
) -> Result<Vec<Keyed>, Refusal> {
    let (mut found, mut matcher, mut sorted_bytes) = (Vec::new(), rest.map(Matcher::new), 0);
    for item in items {
        let own = references.as_mut().map(|references| references.remove(&item.id).unwrap_or_default());
        let resource = renderer.one(&item, own.as_deref())?;
        if matcher.as_mut().is_none_or(|matcher| matcher.matches(&resource)) {
            let key = sort.and_then(|sort| sort.key(&resource));
            sorted_bytes += key.as_ref().map_or(0, folded_bytes);
            found.push(Keyed { kind: renderer.kind(), key, item });
        }
        check_folded(matcher.as_ref().map_or(0, Matcher::folded_bytes) + sorted_bytes)?;
    }
    Ok(found)
}

fn folded_bytes(key: &SortKey) -> usize {
    match key {
        SortKey::Text(text) if !text.is_ascii() => text.len(),
        SortKey::Text(_) | SortKey::Boolean(_) | SortKey::Integer(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_has_a_limit() {
        let extent = |rows, bytes| Extent { rows, bytes };
        assert!(check_rows(MAX_SCANNED).is_ok() && check_rows(MAX_SCANNED + 1).is_err());
        let half = MAX_SCANNED_BYTES / 2;
        assert!(check_bytes(extent(1, half), 1).is_ok() && check_bytes(extent(1, half + 1), 1).is_err());
        assert!(check_folded(MAX_FOLDED_BYTES).is_ok() && check_folded(MAX_FOLDED_BYTES + 1).is_err());
        assert!(check_bytes(extent(500, 500 * 250_000), 200).is_err() && check_bytes(extent(2, 500_000), 200).is_ok());
    }
}
