//! Walking the pages of a list.

use model::query::IndexPage;
use model::tenant::Directory;
use scim::{Filter, ListQuery, ListResponse, Projection, schema};
use serde_json::Value;
use store::Condition;

use super::Item;
use super::filter::Plan;
use super::source::Source;
use crate::ingest::Refusal;

/// How many rows a filter that no index answers may look at; past that it is `tooMany`.
pub const MAX_SCANNED: u64 = 10_000;
/// How many of them at a time.
const SCAN_PAGE: u64 = 500;

pub(super) async fn list(
    source: &Source<'_>,
    directory: &Directory,
    query: &ListQuery,
) -> Result<ListResponse, Refusal> {
    let kind = source.kind;
    let projection = Projection::parse(kind, query.attributes.as_deref(), query.excluded_attributes.as_deref())?;
    let filter = query.filter.as_deref().map(|text| Filter::parse(kind, text, &normalize::lenience())).transpose()?;
    let window = IndexPage { start_index: query.start_index, count: u64::from(query.count) };
    let (total_results, items) = match filter {
        None => everything(source, directory, window).await?,
        Some(filter) => matching(source, &Plan::of(filter), window).await?,
    };
    let mut resources = source.render(items, projection.wants(source.detached())).await?;
    resources.iter_mut().for_each(|resource| projection.apply(resource));
    Ok(ListResponse { total_results, start_index: query.start_index, resources })
}

/// The directory's counter is the total: nothing is counted.
async fn everything(
    source: &Source<'_>,
    directory: &Directory,
    window: IndexPage,
) -> Result<(u64, Vec<Item>), Refusal> {
    let counters = directory.counters;
    let total = if source.kind == &schema::GROUP { counters.documents_groups } else { counters.documents_users };
    let items = if window.count == 0 { Vec::new() } else { source.page(&[], window).await? };
    Ok((u64::try_from(total).unwrap_or(0), items))
}

/// Looks at what the indexes leave, page by page, and keeps those of the window.
async fn matching(source: &Source<'_>, plan: &Plan, window: IndexPage) -> Result<(u64, Vec<Item>), Refusal> {
    let (mut matched, mut kept, mut scanned) = (0, Vec::new(), 0);
    let mut conditions = plan.conditions.clone();
    loop {
        let page = source.page(&conditions, IndexPage { start_index: 1, count: SCAN_PAGE }).await?;
        let read = page.len() as u64;
        scanned += read;
        let last = page.last().map(|item| item.id.clone());
        for item in matches(source, plan, page).await? {
            matched += 1;
            if matched >= window.start_index && (kept.len() as u64) < window.count {
                kept.push(item);
            }
        }
        let Some(last) = last.filter(|_| read == SCAN_PAGE) else { return Ok((matched, kept)) };
        if scanned >= MAX_SCANNED {
            return Err(scim::Error::too_many(format!(
                "the filter needs to look at more than {MAX_SCANNED} resources"
            ))
            .into());
        }
        conditions.retain(|condition| !matches!(condition, Condition::Past(_)));
        conditions.push(Condition::Past(last));
    }
}

async fn matches(source: &Source<'_>, plan: &Plan, page: Vec<Item>) -> Result<Vec<Item>, Refusal> {
    let Some(rest) = &plan.rest else { return Ok(page) };
    let copies = page.iter().map(Item::clone).collect();
    let rendered: Vec<Value> = source.render(copies, plan.mentions(source.detached())).await?;
    Ok(page.into_iter().zip(rendered).filter(|(_, resource)| rest.matches(resource)).map(|(item, _)| item).collect())
}
