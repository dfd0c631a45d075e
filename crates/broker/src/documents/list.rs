//! The pages of a list: by index (RFC 7644 section 3.4.2.4) or by cursor (RFC 9865), of one resource type or of all.

use model::tenant::Directory;
use scim::{
    Cursor, Error, Filter, ListQuery, ListResponse, Paging, Place, Projection, ResourceType, ScimType, Sort, schema,
};
use serde_json::Value;
use store::SortBy;

use super::filter::{Plan, sort_by};
use super::scan::{self, MAX_SCANNED};
use super::sequence::{From, Indexed, Keyed, Scanned, Sequence};
use super::source::Source;
use crate::ingest::Refusal;

/// One resource type's part of a list.
pub(super) struct Part<'a> {
    pub(super) source: Source<'a>,
    pub(super) projection: &'a Projection,
}

struct Asked {
    plan: Plan,
    sort: Option<Sort>,
}

/// At most five statements for each part, however many resources and references there are.
pub(super) async fn list(
    parts: &[Part<'_>],
    directory: &Directory,
    query: &ListQuery,
) -> Result<ListResponse, Refusal> {
    let asked = ask(parts, directory, query)?;
    let sorts: Vec<_> = asked.iter().map(|asked| asked.sort.clone()).collect();
    let sequences = sequences(parts, asked, directory).await?;
    match &query.paging {
        Paging::Index(start) => by_index(parts, &sequences, *start, u64::from(query.count)).await,
        Paging::Cursor(cursor) => {
            let binding = binding(parts, directory, query);
            let cursor = cursor.as_deref().map(|text| Cursor::decode(text, &binding)).transpose()?;
            if cursor.as_ref().is_some_and(|cursor| cursor.count != query.count) {
                let detail = "count is another than that of the first page";
                return Err(Error::bad_request(ScimType::InvalidCount, detail).into());
            }
            by_cursor(parts, &sequences, &sorts, (cursor.as_ref(), query.count, &binding)).await
        }
    }
}

/// What a cursor is good for.
fn binding(parts: &[Part<'_>], directory: &Directory, query: &ListQuery) -> String {
    let kinds: Vec<_> = parts.iter().map(|part| part.source.kind.name).collect();
    format!("{}\n{kinds:?}\n{:?}\n{:?}", directory.id, query.filter, query.sorting)
}

/// A filter or an order of what one resource type alone has is understood for both when both are asked for.
fn ask(parts: &[Part<'_>], directory: &Directory, query: &ListQuery) -> Result<Vec<Asked>, Refusal> {
    let lenience = normalize::lenience(directory.settings);
    let parse = if parts.len() > 1 { Filter::parse_at_root } else { Filter::parse };
    let sort = |kind| query.sorting.as_ref().map(|by| Sort::parse(kind, &by.by, by.descending, &lenience)).transpose();
    let sorts: Vec<_> = parts.iter().map(|part| sort(part.source.kind)).collect();
    if sorts.iter().all(Result::is_err) {
        return Err(sorts.into_iter().find_map(Result::err).unwrap_or_else(|| Error::invalid_value("sortBy")).into());
    }
    let ask = |(part, sort): (&Part<'_>, Result<Option<Sort>, Error>)| {
        let filter = query.filter.as_deref().map(|text| parse(part.source.kind, text, &lenience)).transpose()?;
        let plan = filter.map(Plan::of).unwrap_or_default();
        let sort = sort.unwrap_or_default();
        // What was changed lately is read in that order: no index has it in the order of creation.
        let lately = sort.is_none() && parts.len() == 1 && plan.is_of_changes();
        let sort =
            if lately { Some(Sort::parse(part.source.kind, "meta.lastModified", false, &lenience)?) } else { sort };
        Ok(Asked { plan, sort })
    };
    parts.iter().zip(sorts).map(ask).collect()
}

async fn sequences<'a>(
    parts: &'a [Part<'a>],
    asked: Vec<Asked>,
    directory: &Directory,
) -> Result<Vec<Sequence<'a>>, Refusal> {
    let together = parts.len() > 1 && asked.iter().any(|asked| asked.sort.is_some());
    let order = |sort: &Option<Sort>| sort.as_ref().map_or(Some(SortBy::Created), |sort| sort_by(&sort.path));
    if !together && asked.iter().all(|asked| asked.plan.rest.is_none() && order(&asked.sort).is_some()) {
        let indexed = parts.iter().zip(asked).map(|(part, Asked { plan, sort })| {
            let by = order(&sort).unwrap_or(SortBy::Created);
            let total = plan.conditions.is_empty().then(|| counted(part.source.kind, directory));
            let descending = sort.is_some_and(|sort| sort.descending);
            Sequence::Indexed(Indexed { source: &part.source, conditions: plan.conditions, by, descending, total })
        });
        return Ok(indexed.collect());
    }
    let (mut found, mut sort) = (Vec::new(), None);
    for (part, Asked { plan, sort: own }) in parts.iter().zip(asked) {
        sort = sort.or_else(|| own.clone());
        if !plan.rest.as_ref().is_some_and(Filter::is_never) {
            found.extend(scan::matching(&part.source, plan, own).await?);
        }
    }
    Ok(vec![Sequence::Scanned(Scanned::new(found, sort)?)])
}

fn counted(kind: &ResourceType, directory: &Directory) -> u64 {
    let counters = directory.counters;
    let counted = if kind == &schema::GROUP { counters.documents_groups } else { counters.documents_users };
    u64::try_from(counted).unwrap_or(0)
}

/// Most lists that a filter has made short are one page: only a full one is counted besides.
async fn by_index(
    parts: &[Part<'_>],
    sequences: &[Sequence<'_>],
    start: u64,
    count: u64,
) -> Result<ListResponse, Refusal> {
    let (mut items, mut total, mut offset) = (Vec::new(), 0, start - 1);
    for sequence in sequences {
        let room = count - items.len() as u64;
        let taken = if room > 0 { sequence.take(&From::Offset(offset), room).await? } else { Vec::new() };
        let read = taken.len() as u64;
        let whole =
            offset == 0 && read < room && !matches!(sequence, Sequence::Indexed(Indexed { total: Some(_), .. }));
        let of_it = if whole { read } else { sequence.count().await? };
        if sequence.is_counted() {
            scan::check_rows(of_it)?;
        }
        (total, offset) = (total + of_it, offset.saturating_sub(of_it));
        items.extend(taken);
    }
    let (resources, _) = render(parts, items, &[]).await?;
    Ok(ListResponse { total_results: Some(total), start_index: Some(start), resources, ..ListResponse::default() })
}

async fn by_cursor(
    parts: &[Part<'_>],
    sequences: &[Sequence<'_>],
    sorts: &[Option<Sort>],
    (cursor, count, binding): (Option<&Cursor>, u32, &str),
) -> Result<ListResponse, Refusal> {
    let (place, backward) = cursor.map_or((None, false), |cursor| (Some(&cursor.place), cursor.backward));
    let mut items = neighbours(sequences, place, backward, u64::from(count) + 1).await?;
    let more = items.len() > count as usize;
    items.truncate(count as usize);
    let asked = items.len();
    let (mut resources, mut places) = render(parts, items, sorts).await?;
    // A page that ends early has more behind it.
    let more = more || resources.len() < asked;
    if backward {
        resources.reverse();
        places.reverse();
    }
    let encode = |place: &Place, backward| Cursor { place: place.clone(), backward, count }.encode(binding);
    let (first, last) = (places.first().or(place), places.last().or(place));
    let (has_previous, has_next) = if backward { (more, true) } else { (place.is_some(), more) };
    let previous_cursor = first.filter(|_| has_previous && count > 0).map(|place| encode(place, true));
    let next_cursor = last.filter(|_| has_next && count > 0).map(|place| encode(place, false));
    let total_results = total(sequences, place.is_none() && !more, resources.len() as u64).await?;
    Ok(ListResponse { total_results, start_index: None, next_cursor, previous_cursor, resources })
}

/// The resources next to a place, nearest first.
async fn neighbours(
    sequences: &[Sequence<'_>],
    place: Option<&Place>,
    backward: bool,
    count: u64,
) -> Result<Vec<Keyed>, Refusal> {
    let mut order: Vec<&Sequence<'_>> = sequences.iter().collect();
    if backward {
        order.reverse();
    }
    let begins = place.map(|place| {
        let found = order.iter().position(|sequence| sequence.holds(&place.kind));
        found.ok_or_else(|| Error::bad_request(ScimType::InvalidCursor, "the cursor is none of this query"))
    });
    let begins = begins.transpose()?.unwrap_or(0);
    let (mut items, mut place) = (Vec::new(), place);
    for sequence in &order[begins..] {
        let room = count - items.len() as u64;
        if room == 0 {
            break;
        }
        items.extend(sequence.take(&From::Place { place: place.take(), backward }, room).await?);
    }
    Ok(items)
}

/// A total that would take a long count is left out (RFC 9865 section 2).
async fn total(sequences: &[Sequence<'_>], whole: bool, read: u64) -> Result<Option<u64>, Refusal> {
    if whole {
        return Ok(Some(read));
    }
    let mut total = 0;
    for sequence in sequences {
        let counted = sequence.count().await?;
        if sequence.is_counted() && counted > MAX_SCANNED {
            return Ok(None);
        }
        total += counted;
    }
    Ok(Some(total))
}

/// The resources as they are answered, with their places; the page ends where its references are too many.
async fn render(
    parts: &[Part<'_>],
    items: Vec<Keyed>,
    sorts: &[Option<Sort>],
) -> Result<(Vec<Value>, Vec<Place>), Refusal> {
    let (mut resources, mut places) = (Vec::new(), Vec::new());
    let mut rest = items.into_iter().peekable();
    while let Some(first) = rest.peek() {
        let kind = first.kind;
        let Some(at) = parts.iter().position(|part| part.source.kind == kind) else { break };
        let Part { source, projection } = &parts[at];
        let run: Vec<_> =
            std::iter::from_fn(|| rest.next_if(|next| next.kind == kind)).map(|keyed| keyed.item).collect();
        let ids: Vec<_> = run.iter().map(|item| item.id.clone()).collect();
        let mut rendered = source.render(run, projection.wants(source.detached())).await?;
        let ends = rendered.len() < ids.len();
        for (resource, id) in rendered.iter_mut().zip(ids) {
            let key = sorts.get(at).and_then(Option::as_ref).and_then(|sort| sort.key(resource));
            places.push(Place { kind: kind.name.to_owned(), key, id });
            projection.apply(resource);
        }
        resources.append(&mut rendered);
        if ends {
            break;
        }
    }
    Ok((resources, places))
}
