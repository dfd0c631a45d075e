//! Median and range.

use tests::Kind;

#[derive(Default)]
pub(crate) struct Figures {
    ours: Vec<f64>,
    baseline: Vec<f64>,
    ratios: Vec<f64>,
}

impl Figures {
    pub(crate) fn add(&mut self, ours: f64, baseline: f64) {
        self.ours.push(ours);
        self.baseline.push(baseline);
        self.ratios.push(ours / baseline);
    }

    pub(crate) fn line(&self, kind: Kind, clients: usize) -> String {
        let baseline = match kind {
            Kind::Postgres => "pgbench",
            Kind::Sqlite => "a bare loop of batches of 16",
        };
        format!(
            "{kind:?}, {clients} clients: {} users/s, {baseline} {} users/s, ratio {}",
            spread(&self.ours, 0),
            spread(&self.baseline, 0),
            spread(&self.ratios, 2)
        )
    }
}

/// `median (least to most)`.
fn spread(values: &[f64], digits: usize) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (least, median, most) = (sorted[0], sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
    format!("{median:.digits$} ({least:.digits$} to {most:.digits$})")
}
