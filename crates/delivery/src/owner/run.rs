//! The loop of an owner.

use std::time::Duration;

use store::{Listener, News};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::{Message, Owner};

/// So many messages are taken before anything is started.
const AT_ONCE: usize = 256;
/// How long after the time-out of a request a stopped owner waits for results at most.
const DRAIN_MARGIN: Duration = Duration::from_secs(2);

/// Runs until it is stopped, and then until what is in flight has ended and is written, within the time-out of a request.
pub(crate) async fn run(
    mut owner: Owner,
    mut messages: mpsc::Receiver<Message>,
    mut news: Listener,
    mut stopped: watch::Receiver<bool>,
) {
    let mut ticks = interval(owner.settings.tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut until = None;
    let mut taken = Vec::with_capacity(AT_ONCE);
    while !owner.has_ended(until) {
        tokio::select! {
            _ = messages.recv_many(&mut taken, AT_ONCE) => taken.drain(..).for_each(|message| owner.hear(message)),
            () = sleep_until(owner.wakes_at(until)) => {}
            Some(news) = news.next() => owner.hear_news(&news),
            _ = ticks.tick() => owner.tick(),
            _ = stopped.changed(), if until.is_none() => until = Some(owner.close()),
        }
        owner.pump_all();
        owner.dispatch();
    }
}

impl Owner {
    fn hear(&mut self, message: Message) {
        match message {
            Message::Fanned(push) => self.fanned(push),
            Message::Answered(answered) => self.answered(&answered),
            Message::Unsent { endpoint_id, life, deliveries } => self.unsent(endpoint_id, life, &deliveries),
            Message::Written(written) => self.written(&written),
            Message::Loaded(loaded) => self.loaded(*loaded),
            Message::NotLoaded(id) => self.not_loaded(id),
            Message::Waiting(waiting) => self.waiting(&waiting),
            Message::Idle => self.ledger_is_busy = false,
            Message::Held { held, leave } => self.held(held, leave),
        }
    }

    /// What is fanned out comes as a message.
    fn hear_news(&mut self, news: &News) {
        match news {
            News::Endpoint(id) => self.changed(*id),
            News::Look => self.must_look = true,
            News::Events { .. } => {}
        }
    }

    /// Starts nothing more; answers when to end at the latest.
    fn close(&mut self) -> Instant {
        self.closing = true;
        Instant::now() + self.settings.request_timeout + DRAIN_MARGIN
    }

    fn has_ended(&self, until: Option<Instant>) -> bool {
        let drained = self.in_flight == 0 && self.ended.is_empty() && self.writing.is_empty();
        until.is_some_and(|until| drained || until <= Instant::now())
    }

    /// The next timer or write; at the latest soon enough, for a clock that is not the one that sleeps.
    fn wakes_at(&self, until: Option<Instant>) -> Instant {
        let now = Instant::now();
        let timer = self.timers.first().map(|(at_ms, _)| {
            let in_ms = u64::try_from(at_ms - self.store.now_ms()).unwrap_or(0).max(1);
            now + Duration::from_millis(in_ms)
        });
        let write = self.write_at.filter(|_| !self.ledger_is_busy);
        let look = Some(self.look_at).filter(|_| self.must_look && !self.closing && !self.ledger_is_busy);
        [timer, write, look, until].into_iter().flatten().min().unwrap_or(now + self.settings.tick)
    }
}
