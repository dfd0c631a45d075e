//! Precedence and grouping: `or` binds less than `and`, `and` less than `not` (RFC 7644 section 3.4.2.2, figure 1).

use super::Filter;
use super::lexer::{self, Token};
use super::term::takes_entries;
use crate::error::Error;
use crate::lenience::Leeway;
use crate::limits::{MAX_FILTER_DEPTH, MAX_FILTER_TERMS};
use crate::schema::{AttributePath, ResourceType};

/// `attribute[filter]` or `attribute[filter].sub`, the path of a PATCH operation (RFC 7644 section 3.5.2, figure 7).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValuePath {
    pub(crate) attribute: AttributePath,
    pub(crate) filter: Filter,
    pub(crate) sub: Option<AttributePath>,
}

/// Where the names of a filter are looked up.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    Resource,
    /// Inside the brackets of this attribute.
    Entry(&'a AttributePath),
}

/// What becomes of a name that the resource type does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// It is refused.
    Known,
    /// It is an attribute that no resource has.
    Any,
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: std::iter::Peekable<std::vec::IntoIter<(Token<'a>, usize)>>,
    /// The byte that the last token read begins at.
    at: usize,
    pub(super) resource_type: &'static ResourceType,
    pub(super) names: Names,
    pub(super) leeway: &'a mut Leeway,
    depth: usize,
    terms: usize,
}

pub(super) fn filter(
    resource_type: &'static ResourceType,
    text: &str,
    names: Names,
    leeway: &mut Leeway,
) -> Result<Filter, Error> {
    let mut parser = Parser::new(resource_type, text, leeway)?;
    parser.names = names;
    let filter = parser.or(Scope::Resource)?;
    parser.end()?;
    Ok(filter)
}

impl ValuePath {
    /// 400 `invalidPath` for what is no value path, `invalidFilter` for what is wrong between the brackets.
    pub(crate) fn parse(
        resource_type: &'static ResourceType,
        text: &str,
        leeway: &mut Leeway,
    ) -> Result<Option<Self>, Error> {
        let mut parser = Parser::new(resource_type, text, leeway)?;
        let Some(Token::Word(name)) = parser.next() else {
            return Err(Error::invalid_path("the path does not begin with an attribute"));
        };
        let Some(attribute) = parser.find(name, Scope::Resource) else { return Ok(None) };
        if !takes_entries(&attribute) {
            return Err(Error::invalid_path(format!("{attribute} has no entries to filter")));
        }
        parser.expect(&Token::OpenEntry, "\"[\"")?;
        let filter = parser.entry(&attribute)?;
        let sub = match parser.dotted() {
            None => None,
            Some(sub) => match attribute.child(sub) {
                None => return Ok(None),
                child => child,
            },
        };
        parser.end()?;
        Ok(Some(Self { attribute, filter, sub }))
    }
}

impl<'a> Parser<'a> {
    fn new(resource_type: &'static ResourceType, text: &'a str, leeway: &'a mut Leeway) -> Result<Self, Error> {
        let tokens = lexer::tokens(text)?.into_iter().peekable();
        Ok(Self { text, tokens, at: 0, resource_type, names: Names::Known, leeway, depth: 0, terms: 0 })
    }

    fn or(&mut self, scope: Scope<'_>) -> Result<Filter, Error> {
        let mut terms = vec![self.and(scope)?];
        while self.takes_word("or") {
            terms.push(self.and(scope)?);
        }
        Ok(Filter::or(terms))
    }

    fn and(&mut self, scope: Scope<'_>) -> Result<Filter, Error> {
        let mut terms = vec![self.operand(scope)?];
        while self.takes_word("and") {
            terms.push(self.operand(scope)?);
        }
        Ok(Filter::and(terms))
    }

    fn operand(&mut self, scope: Scope<'_>) -> Result<Filter, Error> {
        match self.next() {
            Some(Token::Open) => self.group(scope),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") && self.peek() == Some(&Token::Open) => {
                self.next();
                Ok(Filter::Not(Box::new(self.group(scope)?)))
            }
            Some(Token::Word(name)) => self.term(name, scope),
            found => Err(self.unexpected("an attribute", found.as_ref())),
        }
    }

    fn group(&mut self, scope: Scope<'_>) -> Result<Filter, Error> {
        let filter = self.nested(scope)?;
        self.expect(&Token::Close, "\")\"")?;
        Ok(filter)
    }

    /// What stands between the brackets of `attribute`, with the closing one.
    pub(super) fn entry(&mut self, attribute: &AttributePath) -> Result<Filter, Error> {
        let filter = self.nested(Scope::Entry(attribute))?;
        self.expect(&Token::CloseEntry, "\"]\"")?;
        Ok(filter)
    }

    fn nested(&mut self, scope: Scope<'_>) -> Result<Filter, Error> {
        if self.depth == MAX_FILTER_DEPTH {
            return Err(Error::invalid_filter(format!("nested deeper than {MAX_FILTER_DEPTH} levels")));
        }
        self.depth += 1;
        let filter = self.or(scope)?;
        self.depth -= 1;
        Ok(filter)
    }

    pub(super) fn count_term(&mut self) -> Result<(), Error> {
        self.terms += 1;
        if self.terms > MAX_FILTER_TERMS {
            return Err(Error::invalid_filter(format!("more than {MAX_FILTER_TERMS} comparisons")));
        }
        Ok(())
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let (token, at) = self.tokens.next()?;
        self.at = at;
        Some(token)
    }

    pub(super) fn peek(&mut self) -> Option<&Token<'a>> {
        self.tokens.peek().map(|(token, _)| token)
    }

    fn takes_word(&mut self, expected: &str) -> bool {
        let matches = |token: &Token<'_>| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(expected));
        self.tokens.next_if(|(token, _)| matches(token)).is_some()
    }

    fn expect(&mut self, expected: &Token<'_>, name: &str) -> Result<(), Error> {
        let found = self.next();
        if found.as_ref() == Some(expected) { Ok(()) } else { Err(self.unexpected(name, found.as_ref())) }
    }

    fn end(&mut self) -> Result<(), Error> {
        match self.next() {
            None => Ok(()),
            Some(found) => Err(self.unexpected("\"and\", \"or\" or the end", Some(&found))),
        }
    }

    /// Says what was expected and where the token just read stands.
    pub(super) fn unexpected(&self, expected: &str, found: Option<&Token<'a>>) -> Error {
        let error = unexpected(expected, found);
        if found.is_none() {
            return error;
        }
        Error::invalid_filter(format!("{} at character {}", error.detail, lexer::position(self.text, self.at)))
    }
}

/// Says what was expected. A word may be a value without quotes, so it is not repeated.
pub(super) fn unexpected(expected: &str, found: Option<&Token<'_>>) -> Error {
    let found = match found {
        None => "the end".to_owned(),
        Some(Token::Word(_)) => "a word".to_owned(),
        Some(Token::String(_)) => "a string".to_owned(),
        Some(Token::Open) => "\"(\"".to_owned(),
        Some(Token::Close) => "\")\"".to_owned(),
        Some(Token::OpenEntry) => "\"[\"".to_owned(),
        Some(Token::CloseEntry) => "\"]\"".to_owned(),
    };
    Error::invalid_filter(format!("expected {expected}, found {found}"))
}
