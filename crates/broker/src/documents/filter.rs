//! A SCIM filter as conditions that indexes answer, and what is left over to match.

use model::case_key;
use scim::Filter;
use scim::filter::{Literal, Operator};
use scim::schema::AttributePath;
use store::Condition;

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
                None => rest.push(term),
            }
        }
        plan.rest = if rest.len() > 1 { Some(Filter::And(rest)) } else { rest.pop() };
        plan
    }

    /// Whether the rest speaks of an attribute of the core schema.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.rest.as_ref().is_some_and(|rest| mentions(rest, name))
    }
}

fn condition(term: &Filter) -> Option<Condition> {
    let Filter::Compare { path, operator: Operator::Eq, value: Literal::String(text) } = term else { return None };
    let (name, sub) = core(path)?;
    match (name, sub) {
        ("id", None) => Some(Condition::Id(text.clone())),
        ("userName" | "displayName", None) if name == "userName" || is_group_name(path) => {
            Some(Condition::NameKey(case_key(text)))
        }
        ("externalId", None) => Some(Condition::ExternalId(text.clone())),
        ("members", Some("value")) => text.parse().ok().map(Condition::Member),
        _ => None,
    }
}

/// A group's name is required and found by index; a user's display name is neither.
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

fn mentions(filter: &Filter, name: &str) -> bool {
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
        check(&schema::USER, r#"displayName eq "Ann""#, &[], Some(r#"displayName eq "Ann""#));
        check(&schema::GROUP, r#"displayName eq "Pilots""#, &[name("pilots")], None);
        let id = || Condition::Id("u".to_owned());
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        check(
            &schema::USER,
            r#"id eq "u" and manager eq "m""#,
            &[id()],
            Some(&format!(r#"{urn}:manager.value eq "m""#)),
        );
        check(&schema::USER, r#"id eq "u" or userName eq "x""#, &[], Some(r#"id eq "u" or userName eq "x""#));
    }
}
