//! Up to where each environment's log has been published, and how far each partition of the bus was written by that: in memory
//! exactly, in the database lately.

use std::collections::BTreeMap;

use model::id::EnvironmentId;
use store::{Leader, LogReader, System};

use super::Error;
use crate::bus::{Marks, Run, Spans};

#[derive(Default)]
pub(super) struct Cursors {
    published: BTreeMap<EnvironmentId, i64>,
    /// Those that the database does not know yet.
    unsaved: BTreeMap<EnvironmentId, i64>,
    marks: Marks,
    unsaved_marks: Marks,
}

/// Where a run lies, seen from the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    Past,
    Next,
    /// Something lies between.
    Beyond,
}

impl Cursors {
    /// # Errors
    /// [`Error::Lease`], as that of all that writes: another node leads.
    pub(super) async fn load(system: &System, leader: Leader<'_>, bus: &str) -> Result<Self, Error> {
        let marks = system.take_marks(leader, bus).await?.ok_or(Error::Lease)?;
        let published = system.load_cursors(LogReader::Relay).await?;
        Ok(Self { published, marks, ..Self::default() })
    }

    /// The bus is a new one: everything is to be published.
    pub(super) async fn restart(&mut self, system: &System, leader: Leader<'_>, bus: &str) -> Result<(), Error> {
        if !system.restart_relay(leader, bus).await? {
            return Err(Error::Lease);
        }
        *self = Self::default();
        Ok(())
    }

    pub(super) const fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Nothing is known to have been published.
    pub(super) fn are_blank(&self) -> bool {
        self.published.is_empty() && self.marks.is_empty()
    }

    /// Whether what was written lies below what a partition held before: it is another bus.
    pub(super) fn are_of_another(&self, written: &Spans) -> bool {
        written.iter().any(|(part, (first, _))| self.marks.get(part).is_some_and(|last| first <= last))
    }

    /// Whether something was written behind what a partition held before.
    pub(super) fn are_gone_on_from(&self, written: &Spans) -> bool {
        written.iter().any(|(part, (first, _))| self.marks.get(part).is_some_and(|last| first > last))
    }

    pub(super) fn mark(&mut self, written: &Spans) {
        let marks = written.iter().map(|(part, (_, last))| (*part, *last));
        self.unsaved_marks.extend(marks.clone());
        self.marks.extend(marks);
    }

    pub(super) fn of(&self, environment_id: EnvironmentId) -> i64 {
        self.published.get(&environment_id).copied().unwrap_or(0)
    }

    /// `reached`: what is about to be published, past the cursor.
    pub(super) fn place(&self, run: &Run, reached: Option<i64>) -> Place {
        let cursor = reached.unwrap_or_else(|| self.of(run.environment_id()));
        if run.last_position() <= cursor {
            return Place::Past;
        }
        if run.first_position() == cursor + 1 { Place::Next } else { Place::Beyond }
    }

    pub(super) fn move_past(&mut self, run: &Run) {
        self.published.insert(run.environment_id(), run.last_position());
        self.unsaved.insert(run.environment_id(), run.last_position());
    }

    /// One transaction; none if nothing moved.
    pub(super) async fn save(&mut self, system: &System, leader: Leader<'_>, bus: &str) -> Result<(), Error> {
        if self.unsaved.is_empty() && self.unsaved_marks.is_empty() {
            return Ok(());
        }
        if !system.save_relay(leader, &self.unsaved, (bus, &self.unsaved_marks)).await? {
            return Err(Error::Lease);
        }
        self.unsaved.clear();
        self.unsaved_marks.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::tests::run;

    #[test]
    fn a_bus_is_another_where_something_lies_below_what_it_held() {
        let mut cursors = Cursors::default();
        assert!(cursors.are_blank());
        cursors.mark(&Spans::from([(0, (3, 50)), (1, (0, 0))]));
        assert!(!cursors.are_blank());
        let check = |spans: &[(i32, (i64, i64))], another: bool, goes_on: bool| {
            let written = spans.iter().copied().collect();
            assert_eq!(cursors.are_of_another(&written), another, "{spans:?}");
            assert_eq!(cursors.are_gone_on_from(&written), goes_on, "{spans:?}");
        };
        check(&[(0, (51, 60))], false, true);
        // Of a partition that held nothing nobody knows.
        check(&[(2, (0, 9))], false, false);
        check(&[], false, false);
        check(&[(0, (50, 50))], true, false);
        // It has overtaken what the other one held.
        check(&[(0, (0, 199))], true, false);
        check(&[(0, (51, 51)), (1, (0, 0))], true, true);
    }

    #[test]
    fn a_run_is_placed() {
        let mut cursors = Cursors::default();
        let check = |cursors: &Cursors, first: i64, count: usize, reached: Option<i64>, expected: Place| {
            assert_eq!(cursors.place(&run(first, count), reached), expected, "{first} {count} {reached:?}");
        };
        check(&cursors, 1, 2, None, Place::Next);
        check(&cursors, 2, 1, None, Place::Beyond);
        check(&cursors, 3, 1, Some(2), Place::Next);
        cursors.move_past(&run(1, 2));
        check(&cursors, 1, 2, None, Place::Past);
        check(&cursors, 3, 1, None, Place::Next);
        // Part of it is known: what lies past the cursor is read from the log.
        check(&cursors, 2, 2, None, Place::Beyond);
    }
}
