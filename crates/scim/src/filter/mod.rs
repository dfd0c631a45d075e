//! Filters (RFC 7644 section 3.4.2.2): text → [`Filter`] → text, and whether a resource matches.
//!
//! The cast: [`Filter`] is the tree with its attributes resolved, [`Operator`] and [`Literal`] the sides of a comparison.
//! What the lenient spellings mean is settled by the parser, so the tree has one form for each meaning:
//! `emails[type eq "work"].value eq "x"` is `emails[type eq "work" and value eq "x"]`, `manager eq "x"` is `manager.value eq "x"`.

mod compare;
mod lexer;
mod literal;
mod matcher;
mod matches;
mod parse;
mod print;
mod term;

pub use matcher::Matcher;
pub(crate) use matches::values;
pub(crate) use parse::ValuePath;

use crate::error::Error;
use crate::lenience::{Leeway, Lenience};
use crate::schema::{AttributePath, ResourceType};

#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Two or more, none of them an `And`; none at all is always so.
    And(Vec<Filter>),
    /// Two or more, none of them an `Or`; none at all is never so.
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// Of a multi-valued attribute any value may match, so `ne` means "some value differs"; without a value `ne` matches.
    Compare {
        path: AttributePath,
        operator: Operator,
        value: Literal,
    },
    Present(AttributePath),
    /// One entry of `attribute` matches all of `filter`, whose paths are sub-attributes of `attribute`, written in full.
    Entry {
        attribute: AttributePath,
        filter: Box<Filter>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// For a string or a reference; compared without case unless the attribute is `caseExact`.
    String(String),
    /// For a dateTime: as written, and in milliseconds since the epoch.
    Time {
        text: String,
        ms: i64,
    },
    Boolean(bool),
    Number(serde_json::Number),
    /// Unassigned; only with `eq` and `ne`.
    Null,
}

impl Filter {
    /// 400 `invalidFilter` for what does not parse, names an unknown attribute or compares what cannot be compared.
    pub fn parse(resource_type: &'static ResourceType, text: &str, lenience: &Lenience) -> Result<Self, Error> {
        parse::filter(resource_type, text, parse::Names::Known, &mut Leeway::new(*lenience))
    }

    /// Of a query over several resource types, where an attribute that one of them does not have is unassigned in all of its
    /// resources (RFC 7644 section 3.4.2.1). 400 `invalidFilter` as for [`Filter::parse`] else.
    pub fn parse_at_root(resource_type: &'static ResourceType, text: &str, lenience: &Lenience) -> Result<Self, Error> {
        parse::filter(resource_type, text, parse::Names::Any, &mut Leeway::new(*lenience))
    }

    /// What every resource matches.
    pub(crate) const fn always() -> Self {
        Self::And(Vec::new())
    }

    /// What no resource matches.
    pub(crate) const fn never() -> Self {
        Self::Or(Vec::new())
    }

    /// Whether it is known without a look that nothing matches.
    pub fn is_never(&self) -> bool {
        match self {
            Self::Or(terms) => terms.iter().all(Self::is_never),
            Self::And(terms) => terms.iter().any(Self::is_never),
            _ => false,
        }
    }

    /// `a and b`, flattened.
    pub(crate) fn and(terms: Vec<Self>) -> Self {
        let flat = terms.into_iter().flat_map(|term| if let Self::And(inner) = term { inner } else { vec![term] });
        Self::only_or(flat.collect(), Self::And)
    }

    /// `a or b`, flattened.
    pub(crate) fn or(terms: Vec<Self>) -> Self {
        let flat = terms.into_iter().flat_map(|term| if let Self::Or(inner) = term { inner } else { vec![term] });
        Self::only_or(flat.collect(), Self::Or)
    }

    fn only_or(mut terms: Vec<Self>, join: fn(Vec<Self>) -> Self) -> Self {
        match (terms.pop(), terms.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                terms.extend(last);
                join(terms)
            }
        }
    }

    /// How many comparisons there are.
    pub fn terms(&self) -> usize {
        match self {
            Self::And(terms) | Self::Or(terms) => terms.iter().map(Self::terms).sum(),
            Self::Not(filter) | Self::Entry { filter, .. } => filter.terms(),
            Self::Compare { .. } | Self::Present(_) => 1,
        }
    }

    /// What it compares with that is folded first.
    pub(crate) fn folded(&self) -> Vec<&str> {
        match self {
            Self::And(terms) | Self::Or(terms) => terms.iter().flat_map(Self::folded).collect(),
            Self::Not(filter) | Self::Entry { filter, .. } => filter.folded(),
            Self::Compare { value: Literal::String(text), .. } if !text.is_ascii() => vec![text],
            Self::Compare { .. } | Self::Present(_) => Vec::new(),
        }
    }

    /// Whether all that a filter between brackets asks about is among these sub-attributes.
    pub(crate) fn names_only(&self, subs: &[&str]) -> bool {
        match self {
            Self::And(terms) | Self::Or(terms) => terms.iter().all(|term| term.names_only(subs)),
            Self::Not(filter) | Self::Entry { filter, .. } => filter.names_only(subs),
            Self::Compare { path, .. } | Self::Present(path) => path.sub_name().is_some_and(|sub| subs.contains(&sub)),
        }
    }

    /// The values that `sub eq "…"` or an `or` of such comparisons names; `None` when the filter says anything else.
    pub fn listed_values(&self, sub: &str) -> Option<Vec<String>> {
        match self {
            Self::Compare { path, operator: Operator::Eq, value: Literal::String(text) }
                if path.sub_name() == Some(sub) =>
            {
                Some(vec![text.clone()])
            }
            Self::Or(terms) => {
                let lists: Option<Vec<_>> = terms.iter().map(|term| term.listed_values(sub)).collect();
                Some(lists?.concat())
            }
            _ => None,
        }
    }
}

impl Operator {
    pub const ALL: [Self; 9] =
        [Self::Eq, Self::Ne, Self::Co, Self::Sw, Self::Ew, Self::Gt, Self::Ge, Self::Lt, Self::Le];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str().eq_ignore_ascii_case(word))
    }

    pub(crate) const fn is_substring(self) -> bool {
        matches!(self, Self::Co | Self::Sw | Self::Ew)
    }

    pub(crate) const fn is_equality(self) -> bool {
        matches!(self, Self::Eq | Self::Ne)
    }
}

#[cfg(test)]
mod tests;
