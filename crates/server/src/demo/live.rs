//! The demo on a terminal while it plays: the last events, and how far each provider is.

use std::collections::VecDeque;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use simulator::receiver::Received;
use simulator::{Idp, Progress};

use super::scene::Scene;
use crate::output::Output;

/// Lines are cut here.
const WIDTH: usize = 100;
/// What stands at the beginning of a receiver's line and gives way to the latency: `14:03:22.123 `.
const TIME_OF_DAY: usize = 13;
/// How many events stand on the screen.
const SHOWN: usize = 12;

pub(super) struct Live {
    output: Output,
    screen: Option<Screen>,
}

/// Drawn in place, when a person looks at it.
struct Screen {
    all: MultiProgress,
    events: ProgressBar,
    last: Mutex<VecDeque<String>>,
    bars: Vec<(Idp, ProgressBar)>,
}

impl Live {
    pub(super) fn start(output: Output) -> Self {
        let drawn = !output.json && std::io::stdout().is_terminal();
        Self { output, screen: drawn.then(Screen::new) }
    }

    pub(super) fn introduce(&self, scene: &Scene) -> anyhow::Result<()> {
        let [okta, entra] = scene.feeds.each_ref().map(|feed| feed.idp);
        let (version, url, hook) = (env!("CARGO_PKG_VERSION"), scene.public_url(), scene.hook_url());
        self.output
            .tell(format_args!("Rollcall {version} serves {url}; {okta} and {entra} sync their people into it,"))?;
        self.output.tell(format_args!("and an application at {hook} receives what changes."))?;
        self.output.tell("")
    }

    pub(super) fn event(&self, idp: Option<Idp>, received: &Received) {
        let line = line(idp, received);
        match &self.screen {
            Some(screen) => screen.add(line),
            // An output that is gone does not end the demo.
            None => drop(self.output.tell(line)),
        }
    }

    pub(super) fn progress(&self, idp: Idp, Progress { phase, done, total }: Progress) {
        let bars = self.screen.iter().flat_map(|screen| &screen.bars);
        if let Some((_, bar)) = bars.into_iter().find(|(of, _)| *of == idp) {
            bar.set_message(format!("{idp:<6} {phase:<10}"));
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    }

    /// The last events stay, the bars go.
    pub(super) fn end(&self) -> anyhow::Result<()> {
        if let Some(screen) = &self.screen {
            screen.all.clear()?;
            self.output.tell(screen.shown())?;
        }
        self.output.tell("")
    }
}

impl Screen {
    fn new() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
        let add = |template: &str| {
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            all.add(ProgressBar::new(0).with_style(style.progress_chars("━━╌")))
        };
        let events = add("{msg}");
        let bars = Idp::ALL.map(|idp| (idp, add("  {msg:<18} {bar:40.cyan/dim} {pos:>4}/{len}"))).into();
        Self { all, events, last: Mutex::default(), bars }
    }

    fn add(&self, line: String) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.push_back(line);
        if last.len() > SHOWN {
            last.pop_front();
        }
        drop(last);
        self.events.set_message(self.shown() + "\n");
    }

    fn shown(&self) -> String {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).make_contiguous().join("\n")
    }
}

/// `okta     2 ms ✓ dsync.user.created …`
fn line(idp: Option<Idp>, received: &Received) -> String {
    let (idp, latency) = (idp.map_or("-", Idp::name), received.latency_ms().unwrap_or_default());
    let what: String = received.line().chars().skip(TIME_OF_DAY).collect();
    let line = format!("  {idp:<6}{latency:>5} ms {what}");
    match line.char_indices().nth(WIDTH) {
        Some(_) => line.chars().take(WIDTH - 1).chain(['…']).collect(),
        None => line,
    }
}
