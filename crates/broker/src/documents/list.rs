//! The pages of a list.

use model::query::IndexPage;
use model::tenant::Directory;
use scim::{Filter, ListQuery, ListResponse, Projection, schema};

use super::Item;
use super::filter::Plan;
use super::scan;
use super::source::Source;
use crate::ingest::Refusal;

/// What a list comes to before it is rendered.
pub(super) struct Found {
    /// Of all pages.
    pub(super) total: u64,
    /// Those of the page.
    pub(super) items: Vec<Item>,
}

/// At most four statements, however many resources and references there are.
pub(super) async fn list(
    source: &Source<'_>,
    directory: &Directory,
    query: &ListQuery,
    projection: &Projection,
) -> Result<ListResponse, Refusal> {
    let filter = query.filter.as_deref();
    let filter = filter.map(|text| Filter::parse(source.kind, text, &normalize::lenience())).transpose()?;
    let window = IndexPage { start_index: query.start_index, count: u64::from(query.count) };
    let found = match filter.map(Plan::of) {
        None => everything(source, directory, window).await?,
        Some(Plan { conditions, rest: None }) => indexed(source, &conditions, window).await?,
        Some(Plan { conditions, rest: Some(rest) }) => scan::matching(source, &conditions, rest, window).await?,
    };
    let mut resources = source.render(found.items, projection.wants(source.detached())).await?;
    resources.iter_mut().for_each(|resource| projection.apply(resource));
    Ok(ListResponse { total_results: found.total, start_index: query.start_index, resources })
}

/// The directory's counter is the total: nothing is counted.
async fn everything(source: &Source<'_>, directory: &Directory, window: IndexPage) -> Result<Found, Refusal> {
    let counters = directory.counters;
    let total = if source.kind == &schema::GROUP { counters.documents_groups } else { counters.documents_users };
    let items = if window.count == 0 { Vec::new() } else { source.page(&[], window).await? };
    Ok(Found { total: u64::try_from(total).unwrap_or(0), items })
}

/// The indexes answer all of the filter. Most such lists have one resource or none: only a full page is counted besides.
async fn indexed(source: &Source<'_>, conditions: &[store::Condition], window: IndexPage) -> Result<Found, Refusal> {
    let items = source.page(conditions, window).await?;
    let read = items.len() as u64;
    if window.start_index == 1 && read < window.count {
        return Ok(Found { total: read, items });
    }
    let extent = source.extent(conditions).await?;
    scan::check_rows(extent)?;
    Ok(Found { total: extent.rows, items })
}
