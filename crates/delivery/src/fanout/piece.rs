//! One transaction after the other, each of at most [`MAX_BATCH`] events, until a batch has been dealt with.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bus::{MAX_BATCH, Run};
use model::delivery::Reach;
use model::event::{Event, StreamId};
use model::id::EnvironmentId;
use model::{Timestamp, id::EventId};
use store::{Fanned, FanoutTx, MAX_PAGE_BYTES, Pending};

use super::plan::{Gap, plan};
use super::{Fanout, REMEMBERED};
use crate::owner::Message;
use crate::push::{Body, Push, Pushed, Stamp};

/// How many endpoints each environment has that may hear of news.
pub(super) type Listeners = BTreeMap<EnvironmentId, usize>;

/// How many deliveries one transaction makes at most; for a single event, as many as there are listeners.
pub(super) const MAX_ROWS: usize = 10_000;

/// An event with its position, shared with the run it came in.
#[derive(Clone)]
pub(super) struct Placed {
    position: i64,
    body: Body,
}

impl Placed {
    fn event(&self) -> &Event {
        self.body.event()
    }
}

fn streams(piece: &[Placed]) -> BTreeMap<StreamId, EnvironmentId> {
    piece.iter().map(|placed| (placed.event().stream, placed.event().environment_id)).collect()
}

/// How many of the first events go into one transaction: at most [`MAX_BATCH`], and no more than make [`MAX_ROWS`] deliveries,
/// but one.
pub(super) fn piece_length(events: &[Placed], listeners: &Listeners) -> usize {
    let rows = |placed: &Placed| listeners.get(&placed.event().environment_id).copied().unwrap_or(1);
    let sums = events.iter().take(MAX_BATCH).scan(0_usize, |sum, placed| {
        *sum = sum.saturating_add(rows(placed));
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= MAX_ROWS).count().max(1)
}

pub(super) fn placed(run: &Run) -> impl Iterator<Item = Placed> {
    let place = |at| Body { events: Arc::clone(run.events()), at };
    (run.first_position()..).zip(0..run.events().len()).map(move |(position, at)| Placed { position, body: place(at) })
}

impl Fanout {
    /// `listeners`: how many endpoints each environment has.
    pub(super) async fn deliver(&mut self, runs: &[&Run], listeners: &Listeners) -> Result<usize, store::Error> {
        let events: Vec<_> = runs.iter().copied().flat_map(placed).collect();
        let (mut made, mut rest) = (0, &events[..]);
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(piece_length(rest, listeners));
            made += self.deliver_piece(piece, listeners).await?;
            rest = more;
        }
        Ok(made)
    }

    /// Fills gaps before, in transactions of their own.
    async fn deliver_piece(&mut self, piece: &[Placed], listeners: &Listeners) -> Result<usize, store::Error> {
        let streams = streams(piece);
        if streams.keys().any(|stream| self.skipped.contains_key(stream)) {
            self.save().await?;
        }
        let (mut made, mut empty) = (0, BTreeSet::new());
        loop {
            let stamp = self.stamps.draw();
            let tx = self.system.begin_fanout(&streams).await?;
            let plan = plan(&tx.sequences, &empty, piece.iter().map(Placed::event));
            if plan.gaps.is_empty() {
                let news: Vec<_> = plan.news.iter().map(|at| piece[*at].clone()).collect();
                return Ok(made + self.commit(tx, (stamp, &streams), &news).await?);
            }
            // No lock is held while the log is read.
            drop(tx);
            let (fill, empty_ones) = self.fill(&plan.gaps).await?;
            empty.extend(empty_ones);
            made += self.deliver_fill(&fill, listeners).await?;
        }
    }

    /// What was read from the log has no gap but where the log has none of it.
    async fn deliver_fill(&mut self, fill: &[Placed], listeners: &Listeners) -> Result<usize, store::Error> {
        let (mut made, mut rest) = (0, fill);
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(piece_length(rest, listeners));
            let streams = streams(piece);
            let stamp = self.stamps.draw();
            let tx = self.system.begin_fanout(&streams).await?;
            let passable = streams.keys().copied().collect();
            let plan = plan(&tx.sequences, &passable, piece.iter().map(Placed::event));
            let news: Vec<_> = plan.news.iter().map(|at| piece[*at].clone()).collect();
            made += self.commit(tx, (stamp, &streams), &news).await?;
            rest = more;
        }
        Ok(made)
    }

    /// Events that lie in these gaps, as many as are read at once; and the streams whose gap has none.
    async fn fill(&self, gaps: &[Gap]) -> Result<(Vec<Placed>, Vec<StreamId>), store::Error> {
        let (mut fill, mut empty, mut bytes) = (Vec::new(), Vec::new(), 0);
        for Gap { stream, past, through } in gaps {
            let room = MAX_BATCH - fill.len();
            if room == 0 || bytes >= MAX_PAGE_BYTES {
                break;
            }
            let page = self.system.stream_events(*stream, *past, *through, room as u64).await?;
            if page.events.is_empty() {
                empty.push(*stream);
            }
            let (positions, events): (Vec<_>, Vec<_>) =
                page.events.into_iter().map(|positioned| (positioned.position, positioned.event)).unzip();
            bytes += events.iter().map(|event| event.body.len()).sum::<usize>();
            let events: Arc<[Event]> = events.into();
            let place = |(at, position)| Placed { position, body: Body { events: Arc::clone(&events), at } };
            fill.extend(positions.into_iter().enumerate().map(place));
        }
        Ok((fill, empty))
    }

    async fn commit(
        &mut self,
        tx: FanoutTx,
        (stamp, streams): (Stamp, &BTreeMap<StreamId, EnvironmentId>),
        news: &[Placed],
    ) -> Result<usize, store::Error> {
        if news.is_empty() {
            return Ok(0);
        }
        let broken = self.broken(&tx, streams);
        let events: Vec<_> = news.iter().map(|placed| (placed.position, placed.event())).collect();
        let fanned = tx.commit(&events).await?;
        self.remember(&events);
        let made = fanned.len();
        self.progress.metrics.fanned_out.inc_by(made as u64);
        let push = Push { stamp, broken, deliveries: pushed(&fanned, news) };
        // An owner that has ended needs no push.
        _ = self.owner.send(Message::Fanned(push)).await;
        self.progress.moved();
        Ok(made)
    }

    /// The environments of streams that this process did not fan out last, nor first.
    fn broken(&self, tx: &FanoutTx, streams: &BTreeMap<StreamId, EnvironmentId>) -> BTreeSet<EnvironmentId> {
        let unbroken = |stream: &StreamId| {
            self.alone
                || tx.fresh.contains(stream)
                || self.own.get(stream).is_some_and(|own| tx.sequences.get(stream) == Some(own))
        };
        streams.iter().filter(|(stream, _)| !unbroken(stream)).map(|(_, environment_id)| *environment_id).collect()
    }

    fn remember(&mut self, events: &[(i64, &Event)]) {
        if self.own.len() > REMEMBERED {
            self.own.clear();
        }
        self.own.extend(events.iter().map(|(_, event)| (event.stream, event.sequence)));
    }
}

fn pushed(fanned: &[Fanned], news: &[Placed]) -> Vec<Pushed> {
    let by_id: HashMap<EventId, &Placed> = news.iter().map(|placed| (placed.event().id, placed)).collect();
    let push = |fanned: &Fanned| {
        let placed = by_id.get(&fanned.event_id)?;
        let body = placed.body.clone();
        Some(Pushed { endpoint_id: fanned.endpoint_id, pending: pending(fanned, placed), body })
    };
    let mut pushed: Vec<_> = fanned.iter().filter_map(push).collect();
    pushed.sort_by_key(|pushed| pushed.pending.position);
    pushed
}

fn pending(fanned: &Fanned, placed: &Placed) -> Pending {
    let event = placed.event();
    Pending {
        id: fanned.id,
        environment_id: event.environment_id,
        event_id: event.id,
        stream: event.stream,
        subject: event.subject,
        reach: Reach::of(event),
        position: placed.position,
        attempts: 0,
        tried_at: None,
        due_at: Timestamp(0),
    }
}
