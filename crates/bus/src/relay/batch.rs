use model::id::EnvironmentId;
use store::News;

use crate::bus::Run;

/// What news carries, as it lies in the log: two commits may have been told in the wrong order.
pub(super) fn in_order(news: impl IntoIterator<Item = News>) -> Vec<Run> {
    let run = |news| match news {
        News::Events { first_position, events } => Run::new(first_position, events),
        _ => None,
    };
    let mut runs: Vec<_> = news.into_iter().filter_map(run).collect();
    runs.sort_by_key(|run| (run.environment_id(), run.first_position()));
    runs
}

/// What is published together.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) runs: Vec<Run>,
    pub(super) events: usize,
}

impl Batch {
    pub(super) fn add(&mut self, run: Run) {
        self.events += run.events().len();
        self.runs.push(run);
    }

    /// The last position of an environment in here.
    pub(super) fn reached(&self, environment_id: EnvironmentId) -> Option<i64> {
        let run = self.runs.iter().rev().find(|run| run.environment_id() == environment_id);
        run.map(Run::last_position)
    }
}
