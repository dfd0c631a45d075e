//! Words, strings and brackets.

use crate::error::Error;
use crate::limits::MAX_FILTER_BYTES;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// A name, an operator, or a value without quotes.
    Word(&'a str),
    /// What stood between quotes, its JSON escapes resolved.
    String(String),
    Open,
    Close,
    OpenEntry,
    CloseEntry,
}

/// Tokens, each with the byte it begins at.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token<'_>, usize)>, Error> {
    if text.len() > MAX_FILTER_BYTES {
        return Err(Error::invalid_filter(format!("the filter is longer than {MAX_FILTER_BYTES} bytes")));
    }
    if text.contains('\0') {
        return Err(Error::invalid_filter("the filter holds the character U+0000"));
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        let (token, length) = token(rest).ok_or_else(|| {
            Error::invalid_filter(format!("the string at character {} does not end", position(text, at)))
        })?;
        tokens.push((token, at));
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// The token that `rest` begins with and its length; `rest` is not empty.
fn token(rest: &str) -> Option<(Token<'_>, usize)> {
    let token = match rest.as_bytes().first()? {
        b'(' => Token::Open,
        b')' => Token::Close,
        b'[' => Token::OpenEntry,
        b']' => Token::CloseEntry,
        b'"' => return string(rest),
        _ => {
            let length = rest.find(|c: char| c.is_whitespace() || "()[]\"".contains(c)).unwrap_or(rest.len());
            return Some((Token::Word(&rest[..length]), length));
        }
    };
    Some((token, 1))
}

/// A JSON string (RFC 8259 section 7).
fn string(rest: &str) -> Option<(Token<'_>, usize)> {
    let mut escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    let length = end + 2;
    let text: String = serde_json::from_str(&rest[..length]).ok()?;
    (!text.contains('\0')).then_some((Token::String(text), length))
}

/// Counted from 1, for people.
pub(super) fn position(text: &str, at: usize) -> usize {
    text[..at].chars().count() + 1
}
