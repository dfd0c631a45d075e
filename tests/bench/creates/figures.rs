//! Median and range.

use tests::Kind;

use crate::creates::Round;

#[derive(Default)]
pub(crate) struct Figures {
    ours: Vec<f64>,
    baseline: Vec<f64>,
    ratios: Vec<f64>,
    drains: Vec<f64>,
}

impl Figures {
    pub(crate) fn add(&mut self, round: &Round) {
        self.ours.push(round.ours);
        self.baseline.push(round.baseline);
        self.ratios.push(round.ours / round.baseline);
        self.drains.push(round.drain);
    }

    pub(crate) fn line(&self, kind: Kind, clients: usize) -> String {
        let baseline = match kind {
            Kind::Postgres => "pgbench",
            Kind::Sqlite => "a bare loop of batches of 16",
        };
        format!(
            "{kind:?}, {clients} clients: {} users/s, {baseline} {} users/s, ratio {}, backlog gone after {} s",
            spread(&self.ours, 0),
            spread(&self.baseline, 0),
            spread(&self.ratios, 2),
            spread(&self.drains, 2)
        )
    }
}

/// `median (least to most)`.
pub(crate) fn spread(values: &[f64], digits: usize) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (least, median, most) = (sorted[0], sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
    format!("{median:.digits$} ({least:.digits$} to {most:.digits$})")
}
