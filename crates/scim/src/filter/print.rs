//! A filter as text; reading it again gives the same tree.

use std::fmt;

use super::{Filter, Literal, Operator};
use crate::schema::AttributePath;

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(f, false)
    }
}

impl Filter {
    /// Between brackets the attribute is understood and only the sub-attribute is written.
    fn print(&self, f: &mut fmt::Formatter<'_>, in_entry: bool) -> fmt::Result {
        match self {
            Self::And(terms) => join(f, terms, " and ", in_entry),
            Self::Or(terms) => join(f, terms, " or ", in_entry),
            Self::Not(filter) => {
                f.write_str("not ")?;
                filter.print_group(f, in_entry)
            }
            Self::Compare { path, operator, value } => {
                print_path(f, path, in_entry)?;
                write!(f, " {operator} {value}")
            }
            Self::Present(path) => {
                print_path(f, path, in_entry)?;
                f.write_str(" pr")
            }
            Self::Entry { attribute, filter } => {
                write!(f, "{attribute}[")?;
                filter.print(f, true)?;
                f.write_str("]")
            }
        }
    }

    fn print_group(&self, f: &mut fmt::Formatter<'_>, in_entry: bool) -> fmt::Result {
        f.write_str("(")?;
        self.print(f, in_entry)?;
        f.write_str(")")
    }
}

fn join(f: &mut fmt::Formatter<'_>, terms: &[Filter], separator: &str, in_entry: bool) -> fmt::Result {
    for (index, term) in terms.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        if matches!(term, Filter::And(_) | Filter::Or(_)) {
            term.print_group(f, in_entry)?;
        } else {
            term.print(f, in_entry)?;
        }
    }
    Ok(())
}

fn print_path(f: &mut fmt::Formatter<'_>, path: &AttributePath, in_entry: bool) -> fmt::Result {
    match path.sub_name() {
        Some(sub) if in_entry => f.write_str(sub),
        _ => write!(f, "{path}"),
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_value())
    }
}
