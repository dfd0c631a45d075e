//! One value against one literal.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{Literal, Operator};
use crate::fold::Keys;
use crate::schema::Attribute;
use crate::{fold, time};

/// `attribute` describes the value; without one, strings are compared without case (RFC 7643 section 2.2).
pub(super) fn holds<'a>(
    value: &'a Value,
    attribute: Option<&Attribute>,
    operator: Operator,
    literal: &'a Literal,
    keys: &Keys<'a>,
) -> bool {
    match (value, literal) {
        (Value::String(text), Literal::String(other)) => {
            if attribute.is_some_and(|attribute| attribute.case_exact) {
                holds_exact(text, other, operator)
            } else {
                holds_caseless(text, other, operator, keys)
            }
        }
        (Value::String(text), Literal::Time { ms, .. }) => {
            time::parse_ms(text).is_some_and(|value| holds_order(value.cmp(ms), operator))
        }
        (Value::Bool(boolean), Literal::Boolean(other)) => holds_order(boolean.cmp(other), operator),
        (Value::Number(number), Literal::Number(other)) => {
            order(number, other).is_some_and(|order| holds_order(order, operator))
        }
        _ => operator == Operator::Ne,
    }
}

fn holds_caseless<'a>(text: &'a str, other: &'a str, operator: Operator, keys: &Keys<'a>) -> bool {
    if !text.is_ascii() || !other.is_ascii() {
        return holds_exact(&keys.of(text), &keys.of(other), operator);
    }
    match operator {
        Operator::Eq => text.eq_ignore_ascii_case(other),
        Operator::Ne => !text.eq_ignore_ascii_case(other),
        _ => holds_exact(&fold::key(text), &fold::key(other), operator),
    }
}

fn holds_exact(text: &str, other: &str, operator: Operator) -> bool {
    match operator {
        Operator::Co => text.contains(other),
        Operator::Sw => text.starts_with(other),
        Operator::Ew => text.ends_with(other),
        _ => holds_order(text.cmp(other), operator),
    }
}

fn holds_order(order: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Gt => order.is_gt(),
        Operator::Ge => order.is_ge(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
        Operator::Co | Operator::Sw | Operator::Ew => false,
    }
}

fn order(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
