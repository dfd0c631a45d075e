//! A SCIM filter as conditions that indexes answer, and what is left over to match.

use model::case_key;
use scim::Filter;
use scim::filter::{Literal, Operator};
use scim::schema::AttributePath;
use store::{Bound, Condition, SortBy};

/// Conditions that hold together with the rest.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    pub(super) conditions: Vec<Condition>,
    pub(super) rest: Option<Filter>,
}

impl Plan {
    pub(super) fn of(filter: Filter) -> Self {
        let terms = match filter {
            Filter::And(terms) => terms,
            other => vec![other],
        };
        let mut plan = Self::default();
        let mut rest = Vec::new();
        for term in terms {
            match condition(&term) {
                Some(condition) => plan.conditions.push(condition),
                None => {
                    plan.conditions.extend(mail(&term));
                    rest.push(term);
                }
            }
        }
        plan.rest = if rest.len() > 1 { Some(Filter::And(rest)) } else { rest.pop() };
        plan
    }
}

impl Plan {
    /// Whether nothing but a time of change narrows it.
    pub(super) fn is_of_changes(&self) -> bool {
        !self.conditions.is_empty()
            && self.conditions.iter().all(|condition| matches!(condition, Condition::Modified(..)))
    }
}

fn condition(term: &Filter) -> Option<Condition> {
    let (path, text) = match term {
        Filter::Compare { path, operator: Operator::Eq, value: Literal::String(text) } => (path, text),
        Filter::Compare { path, operator, value: Literal::Time { ms, .. } }
            if sort_by(path) == Some(SortBy::Modified) =>
        {
            return Some(Condition::Modified(bound(*operator)?, *ms));
        }
        // `members[value eq "…"]` says no more than `members.value eq "…"`.
        Filter::Entry { filter, .. } if !matches!(filter.as_ref(), Filter::Entry { .. }) => return condition(filter),
        _ => return None,
    };
    let (name, sub) = core(path)?;
    match (name, sub) {
        ("id", None) => Some(Condition::Id(text.clone())),
        ("userName", None) => Some(Condition::NameKey(case_key(text))),
        ("displayName", None) if is_group_name(path) => Some(Condition::NameKey(case_key(text))),
        ("displayName", None) => Some(Condition::DisplayName(case_key(text))),
        ("externalId", None) => Some(Condition::ExternalId(text.clone())),
        ("members", Some("value")) => Some(Condition::Member(text.clone())),
        ("groups", Some("value")) => Some(Condition::Group(text.clone())),
        _ => None,
    }
}

const fn bound(operator: Operator) -> Option<Bound> {
    Some(match operator {
        Operator::Eq => Bound::At,
        Operator::Gt => Bound::After,
        Operator::Ge => Bound::AtOrAfter,
        Operator::Lt => Bound::Before,
        Operator::Le => Bound::AtOrBefore,
        Operator::Ne | Operator::Co | Operator::Sw | Operator::Ew => return None,
    })
}

/// The index that has the resources in the order of an attribute.
pub(super) fn sort_by(path: &AttributePath) -> Option<SortBy> {
    Some(match core(path)? {
        ("id", None) | ("meta", Some("created")) => SortBy::Created,
        ("userName", None) => SortBy::Name,
        ("displayName", None) if is_group_name(path) => SortBy::Name,
        ("displayName", None) => SortBy::DisplayName,
        ("externalId", None) => SortBy::ExternalId,
        ("meta", Some("lastModified")) => SortBy::Modified,
        _ => return None,
    })
}

/// Who may have the e-mail address that a term demands; whether it is so must be looked at.
fn mail(term: &Filter) -> Option<Condition> {
    match term {
        Filter::Compare { path, operator: Operator::Eq, value: Literal::String(text) }
            if core(path) == Some(("emails", Some("value"))) =>
        {
            Some(Condition::Mail(case_key(text)))
        }
        Filter::Entry { filter, .. } => match filter.as_ref() {
            Filter::And(terms) => terms.iter().find_map(mail),
            only => mail(only),
        },
        _ => None,
    }
}

/// A group's name is required; a user's display name is not.
fn is_group_name(path: &AttributePath) -> bool {
    path.leaf().is_some_and(|attribute| attribute.required)
}

/// Name and sub-attribute of a path in the core schema.
fn core(path: &AttributePath) -> Option<(&'static str, Option<&'static str>)> {
    match path {
        AttributePath::Known { extension: None, attribute, sub } => Some((attribute.name, sub.map(|sub| sub.name))),
        _ => None,
    }
}

/// Whether a filter speaks of an attribute of the core schema.
pub(super) fn mentions(filter: &Filter, name: &str) -> bool {
    let at = |path: &AttributePath| core(path).is_some_and(|(attribute, _)| attribute == name);
    match filter {
        Filter::And(terms) | Filter::Or(terms) => terms.iter().any(|term| mentions(term, name)),
        Filter::Not(inner) => mentions(inner, name),
        Filter::Compare { path, .. } | Filter::Present(path) => at(path),
        Filter::Entry { attribute, .. } => at(attribute),
    }
}

#[cfg(test)]
mod tests {
    use scim::{Lenience, ResourceType, schema};

    use super::*;

    fn check(kind: &'static ResourceType, text: &str, conditions: &[Condition], rest: Option<&str>) {
        let filter = Filter::parse(kind, text, &Lenience::all()).unwrap();
        let plan = Plan::of(filter);
        assert_eq!(plan.conditions, conditions, "{text}");
        assert_eq!(plan.rest.map(|rest| rest.to_string()).as_deref(), rest, "{text}");
    }

    #[test]
    fn indexes_answer_what_they_can() {
        let name = |key: &str| Condition::NameKey(key.to_owned());
        check(&schema::USER, r#"userName eq "Ann@X.example""#, &[name("ann@x.example")], None);
        check(&schema::USER, r#"displayName eq "Ann""#, &[Condition::DisplayName("ann".to_owned())], None);
        let range = r#"meta.lastModified ge "1970-01-01T00:00:01Z" and meta.lastModified lt "1970-01-01T00:00:02Z""#;
        let (from, to) = (Condition::Modified(Bound::AtOrAfter, 1_000), Condition::Modified(Bound::Before, 2_000));
        check(&schema::USER, range, &[from, to], None);
        let other = r#"meta.lastModified ne "1970-01-01T00:00:01Z""#;
        check(&schema::GROUP, other, &[], Some(other));
        check(&schema::GROUP, r#"displayName eq "Pilots""#, &[name("pilots")], None);
        let id = || Condition::Id("u".to_owned());
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        check(
            &schema::USER,
            r#"id eq "u" and manager eq "m""#,
            &[id()],
            Some(&format!(r#"{urn}:manager.value eq "m""#)),
        );
        let member = || Condition::Member("u".to_owned());
        for text in [r#"members eq "u""#, r#"members.value eq "u""#, r#"members[value eq "u"]"#] {
            check(&schema::GROUP, text, &[member()], None);
        }
        let both = r#"members[value eq "u" and type eq "User"]"#;
        check(&schema::GROUP, both, &[], Some(both));
        check(&schema::USER, r#"groups.value eq "g""#, &[Condition::Group("g".to_owned())], None);
        let mail = || Condition::Mail("a@x.example".to_owned());
        let work = r#"emails[type eq "work" and value eq "A@x.example"]"#;
        check(&schema::USER, r#"emails[type eq "work"].value eq "A@x.example""#, &[mail()], Some(work));
        let any = r#"emails.value eq "A@x.example""#;
        check(&schema::USER, r#"emails eq "A@x.example""#, &[mail()], Some(any));
        for text in [r#"emails.value ne "a""#, r#"not (emails.value eq "a")"#, r#"emails[type eq "a" or value eq "a"]"#]
        {
            check(&schema::USER, text, &[], Some(text));
        }
        check(&schema::USER, r#"id eq "u" or userName eq "x""#, &[], Some(r#"id eq "u" or userName eq "x""#));
    }
}
