//! Up to which position each environment's log has been fanned out: in memory exactly, in the database lately.

use std::collections::BTreeMap;

use bus::Run;
use model::id::EnvironmentId;
use store::{Behind, LogReader, System};

#[derive(Default)]
pub(super) struct Cursors {
    reached: BTreeMap<EnvironmentId, i64>,
    unsaved: BTreeMap<EnvironmentId, i64>,
    /// The newest position of each lagging environment when it was last looked at.
    seen: BTreeMap<EnvironmentId, i64>,
    loaded: bool,
}

impl Cursors {
    /// Begins where the last process left off.
    pub(super) async fn load_once(&mut self, system: &System) -> Result<(), store::Error> {
        if !self.loaded {
            let durable = system.load_cursors(LogReader::Fanout).await?;
            durable.into_iter().for_each(|(id, position)| self.begin_at(id, position));
            self.loaded = true;
        }
        Ok(())
    }

    pub(super) fn of(&self, environment_id: EnvironmentId) -> i64 {
        self.reached.get(&environment_id).copied().unwrap_or(0)
    }

    /// What the database knows, if it is further.
    pub(super) fn begin_at(&mut self, environment_id: EnvironmentId, position: i64) {
        let reached = self.reached.entry(environment_id).or_insert(0);
        *reached = position.max(*reached);
    }

    /// A run moves the cursor only if nothing lies between; the tick finds what does.
    pub(super) fn move_past(&mut self, run: &Run) {
        let (id, last) = (run.environment_id(), run.last_position());
        let reached = self.of(id);
        if run.first_position() <= reached + 1 && last > reached {
            self.pass(id, last);
        }
    }

    /// Everything up to here has been dealt with.
    pub(super) fn pass(&mut self, environment_id: EnvironmentId, position: i64) {
        if position > self.of(environment_id) {
            self.reached.insert(environment_id, position);
            self.unsaved.insert(environment_id, position);
        }
    }

    /// Those that have not come to what was newest the last time, and what that was.
    pub(super) fn stuck(&mut self, behind: &[Behind]) -> Vec<(Behind, i64)> {
        behind.iter().for_each(|behind| self.begin_at(behind.environment_id, behind.cursor));
        let newest = |behind: &Behind| self.seen.get(&behind.environment_id).copied().unwrap_or(0);
        let lags = |(behind, newest): &(Behind, i64)| self.of(behind.environment_id) < *newest;
        let stuck = behind.iter().map(|behind| (*behind, newest(behind))).filter(lags).collect();
        self.seen = behind.iter().map(|behind| (behind.environment_id, behind.last)).collect();
        stuck
    }

    pub(super) fn has_unsaved(&self) -> bool {
        !self.unsaved.is_empty()
    }

    pub(super) async fn save(&mut self, system: &System) -> Result<(), store::Error> {
        system.save_fanout(&self.unsaved).await?;
        self.unsaved.clear();
        Ok(())
    }
}
