//! What was asserted, and what was seen instead.

use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Clone)]
pub struct Outcome {
    /// `RFC 7644 3.3`, or `N15`.
    pub section: &'static str,
    /// What must be so.
    pub what: String,
    /// What was seen, when it is not.
    pub failure: Option<String>,
}

#[derive(Debug, Default)]
pub struct Report {
    pub outcomes: Vec<Outcome>,
}

impl Report {
    pub fn failures(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|outcome| outcome.failure.is_some())
    }

    /// Assertions by section: how many, and how many of them failed.
    pub fn sections(&self) -> BTreeMap<&'static str, (usize, usize)> {
        let mut sections = BTreeMap::new();
        for outcome in &self.outcomes {
            let (all, failed): &mut (usize, usize) = sections.entry(outcome.section).or_default();
            *all += 1;
            *failed += usize::from(outcome.failure.is_some());
        }
        sections
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{:<18} {:>10} {:>7}", "section", "assertions", "failed")?;
        for (section, (all, failed)) in self.sections() {
            writeln!(out, "{section:<18} {all:>10} {failed:>7}")?;
        }
        for Outcome { section, what, failure } in self.failures() {
            writeln!(out, "FAIL {section}: {what}\n     {}", failure.as_deref().unwrap_or_default())?;
        }
        let failed = self.failures().count();
        write!(out, "{} passed, {failed} failed", self.outcomes.len() - failed)
    }
}
