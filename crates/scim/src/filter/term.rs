//! One term of a filter: an attribute with an operator, or a value path.

use super::lexer::Token;
use super::parse::{Names, Parser, Scope};
use super::{Filter, Operator, literal};
use crate::error::{Error, quote};
use crate::lenience::Leniency;
use crate::schema::{Attribute, AttributePath, Mutability, Name, Type, resolve, resolve_open};

impl<'a> Parser<'a> {
    /// The term that begins with `name`, which has been read.
    pub(super) fn term(&mut self, name: &str, scope: Scope<'_>) -> Result<Filter, Error> {
        self.count_term()?;
        let Some(path) = self.find(name, scope) else {
            return match (self.names, scope) {
                (Names::Any, Scope::Resource) if is_name(name) => self.unassigned(),
                _ => Err(Error::invalid_filter(format!("unknown attribute {}", quote(name)))),
            };
        };
        if self.peek() != Some(&Token::OpenEntry) {
            return self.condition(path);
        }
        self.next();
        self.value_path(path)
    }

    /// What is said of an attribute that the resources do not have.
    fn unassigned(&mut self) -> Result<Filter, Error> {
        if self.peek() == Some(&Token::OpenEntry) {
            self.skip_entry()?;
            if self.dotted().is_none() {
                return Ok(Filter::never());
            }
        }
        let found = self.next();
        let word = if let Some(Token::Word(word)) = found { word } else { "" };
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::never());
        }
        let operator = Operator::find(word).ok_or_else(|| self.unexpected("an operator", found.as_ref()))?;
        let value = self.next().filter(|token| matches!(token, Token::Word(_) | Token::String(_)));
        let value = value.ok_or_else(|| self.unexpected("a value", None))?;
        let holds = if literal::is_null(&value) { operator == Operator::Eq } else { operator == Operator::Ne };
        Ok(if holds { Filter::always() } else { Filter::never() })
    }

    /// What stands between the brackets of such an attribute is not understood.
    fn skip_entry(&mut self) -> Result<(), Error> {
        let mut depth = 0_usize;
        loop {
            match self.next() {
                Some(Token::OpenEntry) => depth += 1,
                Some(Token::CloseEntry) if depth == 1 => return Ok(()),
                Some(Token::CloseEntry) => depth -= 1,
                Some(_) => {}
                None => return Err(self.unexpected("\"]\"", None)),
            }
        }
    }

    pub(super) fn find(&mut self, name: &str, scope: Scope<'_>) -> Option<AttributePath> {
        let path = match scope {
            Scope::Entry(attribute) => attribute.child(name),
            Scope::Resource => match resolve(self.resource_type, name, self.leeway) {
                Name::Attribute(path) => Some(path),
                Name::Open(name) if self.leeway.allow(Leniency::OpenExtensions, name) => resolve_open(name),
                Name::Schema(_) | Name::Open(_) | Name::Unknown => None,
            },
        };
        path.filter(|path| path.leaf().is_none_or(|leaf| leaf.mutability != Mutability::WriteOnly))
    }

    /// `[filter]`, the opening bracket being read, and what may follow it.
    fn value_path(&mut self, attribute: AttributePath) -> Result<Filter, Error> {
        if !takes_entries(&attribute) {
            return Err(Error::invalid_filter(format!("{attribute} has no entries to filter")));
        }
        let filter = self.entry(&attribute)?;
        let Some(sub) = self.dotted() else { return Ok(Filter::Entry { attribute, filter: Box::new(filter) }) };
        let sub = attribute
            .child(sub)
            .ok_or_else(|| Error::invalid_filter(format!("{attribute} has no sub-attribute {}", quote(sub))))?;
        if !self.leeway.allow(Leniency::DottedValuePath, &sub) {
            return Err(Error::invalid_filter(format!("write {attribute}[… and {} …]", sub.sub_name().unwrap_or(""))));
        }
        let condition = self.condition(sub)?;
        Ok(Filter::Entry { attribute, filter: Box::new(Filter::and(vec![filter, condition])) })
    }

    /// `.sub` behind a value path, without its dot.
    pub(super) fn dotted(&mut self) -> Option<&'a str> {
        let Some(Token::Word(word)) = self.peek() else { return None };
        let sub = word.strip_prefix('.')?;
        self.next();
        Some(sub)
    }

    /// `pr`, or an operator and a value.
    fn condition(&mut self, path: AttributePath) -> Result<Filter, Error> {
        let found = self.next();
        let word = if let Some(Token::Word(word)) = found { word } else { "" };
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let operator = Operator::find(word).ok_or_else(|| self.unexpected("an operator", found.as_ref()))?;
        let token = self.next().ok_or_else(|| self.unexpected("a value", None))?;
        let path = self.compared(path, &token)?;
        let value = literal::read(&path, operator, token, self.leeway)?;
        Ok(Filter::Compare { path, operator, value })
    }

    /// A complex attribute is compared by its `value`: when it is multi-valued by the RFC's own example, else by N27.
    fn compared(&mut self, path: AttributePath, token: &Token<'_>) -> Result<AttributePath, Error> {
        let Some(leaf) = path.leaf().filter(|leaf| leaf.kind == Type::Complex) else { return Ok(path) };
        if literal::is_null(token) {
            return Ok(path);
        }
        let value = path.child("value").filter(|_| self.compares_value(leaf, &path));
        value.ok_or_else(|| Error::invalid_filter(format!("{path} is complex: compare one of its sub-attributes")))
    }

    fn compares_value(&mut self, leaf: &Attribute, path: &AttributePath) -> bool {
        leaf.multi_valued || self.leeway.allow(Leniency::ComplexAsValue, path)
    }
}

/// Whether it could be an attribute's (RFC 7643 section 2.1), alone or behind a URN.
fn is_name(text: &str) -> bool {
    let name = text.rsplit_once(':').map_or(text, |(_, name)| name);
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '$')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_$.".contains(&byte))
}

pub(super) fn takes_entries(path: &AttributePath) -> bool {
    match path {
        AttributePath::Known { attribute, sub, .. } => {
            attribute.multi_valued && attribute.is_complex() && sub.is_none()
        }
        AttributePath::Open { sub, .. } => sub.is_none(),
    }
}
