//! The value of a comparison, read as the type of the attribute that it is compared with.

use serde_json::{Number, Value};

use super::lexer::Token;
use super::parse::unexpected;
use super::{Literal, Operator};
use crate::error::Error;
use crate::lenience::{Leeway, Leniency};
use crate::schema::{AttributePath, Type};
use crate::time;

pub(super) fn is_null(token: &Token<'_>) -> bool {
    *token == Token::Word("null")
}

pub(super) fn read(
    path: &AttributePath,
    operator: Operator,
    token: Token<'_>,
    leeway: &mut Leeway,
) -> Result<Literal, Error> {
    let kind = path.leaf().map(|leaf| leaf.kind);
    let literal = match token {
        Token::String(text) => from_string(path, kind, text, leeway)?,
        Token::Word(word) => from_word(path, kind, word, leeway)?,
        other => return Err(unexpected("a value", Some(&other))),
    };
    if is_comparable(kind, operator, &literal) {
        return Ok(literal);
    }
    Err(Error::invalid_filter(format!("{path} cannot be compared with this value by {}", operator.as_str())))
}

fn from_string(path: &AttributePath, kind: Option<Type>, text: String, leeway: &mut Leeway) -> Result<Literal, Error> {
    match kind {
        Some(Type::Boolean) => boolean(&text.to_ascii_lowercase())
            .filter(|_| leeway.allow(Leniency::BooleanStrings, path))
            .ok_or_else(|| Error::invalid_filter(format!("{path} is compared with true or false"))),
        Some(Type::DateTime) => time::parse_ms(&text)
            .map(|ms| Literal::Time { text, ms })
            .ok_or_else(|| Error::invalid_filter(format!("{path} is compared with a dateTime"))),
        _ => Ok(Literal::String(text)),
    }
}

/// `true`, `false`, `null`, a number, or (N27) a string without quotes.
fn from_word(path: &AttributePath, kind: Option<Type>, word: &str, leeway: &mut Leeway) -> Result<Literal, Error> {
    if word == "null" {
        return Ok(Literal::Null);
    }
    let typed = boolean(word).or_else(|| word.parse::<Number>().ok().map(Literal::Number));
    let wants_text = matches!(kind, Some(Type::String | Type::Reference | Type::Binary | Type::DateTime));
    if let Some(typed) = typed.filter(|_| !wants_text) {
        return Ok(typed);
    }
    if word.starts_with('\'') || !leeway.allow(Leniency::UnquotedValues, path) {
        return Err(Error::invalid_filter(format!("the value that {path} is compared with needs double quotes")));
    }
    from_string(path, kind, word.to_owned(), leeway)
}

fn boolean(word: &str) -> Option<Literal> {
    match word {
        "true" => Some(Literal::Boolean(true)),
        "false" => Some(Literal::Boolean(false)),
        _ => None,
    }
}

/// RFC 7644 section 3.4.2.2, table 3: booleans and binaries have no order; null is only equal or not.
fn is_comparable(kind: Option<Type>, operator: Operator, literal: &Literal) -> bool {
    if operator.is_equality() {
        return match kind {
            None => true,
            Some(kind) => *literal == Literal::Null || fits(kind, literal),
        };
    }
    match literal {
        Literal::Null | Literal::Boolean(_) => false,
        Literal::Number(_) | Literal::Time { .. } => {
            !operator.is_substring() && kind.is_none_or(|kind| fits(kind, literal))
        }
        Literal::String(_) => kind.is_none_or(|kind| kind != Type::Binary && fits(kind, literal)),
    }
}

fn fits(kind: Type, literal: &Literal) -> bool {
    match literal {
        Literal::String(_) => matches!(kind, Type::String | Type::Reference | Type::Binary),
        Literal::Time { .. } => kind == Type::DateTime,
        Literal::Boolean(_) => kind == Type::Boolean,
        Literal::Number(_) => matches!(kind, Type::Decimal | Type::Integer),
        Literal::Null => true,
    }
}

impl Literal {
    /// As it stands in a filter and in a resource.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::String(text) | Self::Time { text, .. } => text.as_str().into(),
            Self::Boolean(boolean) => (*boolean).into(),
            Self::Number(number) => number.clone().into(),
            Self::Null => Value::Null,
        }
    }
}
