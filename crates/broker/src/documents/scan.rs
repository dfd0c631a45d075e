//! A filter that no index answers in full: what the indexes leave is looked at, one resource after the other.

use model::query::IndexPage;
use scim::Filter;
use store::{Condition, Extent};
use tokio::task::spawn_blocking;

use super::list::Found;
use super::source::{References, Renderer, Source};
use super::{Item, mentions};
use crate::ingest::Refusal;

/// How many resources a filter that no index answers may look at; past that it is `tooMany`.
pub const MAX_SCANNED: u64 = 10_000;
/// Bytes of documents that such a filter may look at: each is read once, and again by every comparison.
pub const MAX_SCANNED_BYTES: u64 = 128 * 1024 * 1024;

/// Measured first, so that nothing large is read in vain; matched beside the worker, whose other requests need not wait for it.
pub(super) async fn matching(
    source: &Source<'_>,
    conditions: &[Condition],
    rest: Filter,
    window: IndexPage,
) -> Result<Found, Refusal> {
    let _turn = source.turn().await?;
    let extent = source.extent(conditions).await?;
    check_rows(extent)?;
    check_bytes(extent, rest.terms())?;
    let items = source.page(conditions, IndexPage { start_index: 1, count: MAX_SCANNED }).await?;
    let references = if mentions(&rest, source.detached()) { Some(source.all_references(&items).await?) } else { None };
    let renderer = source.renderer();
    let sifted = spawn_blocking(move || sift(&renderer, items, references, &rest, window)).await;
    sifted.map_err(|_| Refusal::Unavailable)?
}

pub(super) fn check_rows(extent: Extent) -> Result<(), Refusal> {
    if extent.rows > MAX_SCANNED {
        return Err(scim::Error::too_many(format!("the filter looks at more than {MAX_SCANNED} resources")).into());
    }
    Ok(())
}

fn check_bytes(extent: Extent, terms: usize) -> Result<(), Refusal> {
    if extent.bytes.saturating_mul(terms as u64 + 1) > MAX_SCANNED_BYTES {
        return Err(scim::Error::too_many(
            "the filter compares too much: ask for less, or by an attribute that is indexed",
        )
        .into());
    }
    Ok(())
}

/// Keeps what matches, of the window.
fn sift(
    renderer: &Renderer,
    items: Vec<Item>,
    mut references: Option<References>,
    rest: &Filter,
    window: IndexPage,
) -> Result<Found, Refusal> {
    let mut found = Found { total: 0, items: Vec::new() };
    for item in items {
        let own = references.as_mut().map(|references| references.remove(&item.id).unwrap_or_default());
        if rest.matches(&renderer.one(&item, own.as_deref())?) {
            found.total += 1;
            if found.total >= window.start_index && (found.items.len() as u64) < window.count {
                found.items.push(item);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_has_a_limit() {
        let extent = |rows, bytes| Extent { rows, bytes };
        assert!(check_rows(extent(MAX_SCANNED, 0)).is_ok() && check_rows(extent(MAX_SCANNED + 1, 0)).is_err());
        let half = MAX_SCANNED_BYTES / 2;
        assert!(check_bytes(extent(1, half), 1).is_ok() && check_bytes(extent(1, half + 1), 1).is_err());
        assert!(check_bytes(extent(500, 500 * 250_000), 200).is_err() && check_bytes(extent(2, 500_000), 200).is_ok());
    }
}
