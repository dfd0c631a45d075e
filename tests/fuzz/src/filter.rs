//! Filters.

use scim::limits::{MAX_FILTER_BYTES, MAX_FILTER_DEPTH, MAX_FILTER_TERMS};
use scim::{Error, Filter};

use crate::given::{KINDS, documents, readings, value};
use crate::judge::check;
use crate::pace::request;

/// A filter prints to what is read as the same filter.
pub fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for (kind, lenience) in readings(&KINDS) {
        let searched = request(|| {
            let filter = Filter::parse(kind, text, &lenience)?;
            let found = documents(kind).iter().filter(|document| filter.matches(&value(document))).count();
            Ok::<_, Error>((filter, found))
        });
        match searched {
            Ok((filter, _)) => {
                let printed = filter.to_string();
                match Filter::parse(kind, &printed, &lenience) {
                    Ok(again) => assert_eq!(again, filter, "{printed}"),
                    Err(error) => assert!(outgrown(&filter, &printed).contains(&error), "{error:?} of {printed}"),
                }
            }
            Err(error) => check(&error),
        }
    }
}

/// The errors of a printed form that passes limits which its text did not: names and values are written in full, an `and` in an
/// `or` is grouped, and what followed a value path stands within.
fn outgrown(filter: &Filter, printed: &str) -> Vec<Error> {
    let limits = [
        (printed.len() > MAX_FILTER_BYTES, format!("the filter is longer than {MAX_FILTER_BYTES} bytes")),
        (depth(filter) > MAX_FILTER_DEPTH, format!("nested deeper than {MAX_FILTER_DEPTH} levels")),
        (terms(filter) > MAX_FILTER_TERMS, format!("more than {MAX_FILTER_TERMS} comparisons")),
    ];
    limits.into_iter().filter(|(is_passed, _)| *is_passed).map(|(_, detail)| Error::invalid_filter(detail)).collect()
}

/// Levels of brackets in its printed form.
fn depth(filter: &Filter) -> usize {
    match filter {
        Filter::And(terms) | Filter::Or(terms) => terms.iter().map(grouped).max().unwrap_or_default(),
        Filter::Not(inner) | Filter::Entry { filter: inner, .. } => 1 + depth(inner),
        Filter::Compare { .. } | Filter::Present(_) => 0,
    }
}

/// The same of a term within `and` or `or`.
fn grouped(term: &Filter) -> usize {
    usize::from(matches!(term, Filter::And(_) | Filter::Or(_))) + depth(term)
}

/// Comparisons in its printed form, where a value path is one besides what it holds.
fn terms(filter: &Filter) -> usize {
    match filter {
        Filter::And(inner) | Filter::Or(inner) => inner.iter().map(terms).sum(),
        Filter::Not(inner) => terms(inner),
        Filter::Entry { filter: inner, .. } => 1 + terms(inner),
        Filter::Compare { .. } | Filter::Present(_) => 1,
    }
}
