//! One transaction after the other, each of at most [`MAX_BATCH`] events, until a batch has been dealt with.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bus::{MAX_BATCH, Run};
use model::delivery::Reach;
use model::event::{Event, StreamId};
use model::id::EnvironmentId;
use model::{Timestamp, id::EventId};
use store::{Fanned, FanoutTx, Pending};

use super::plan::{Gap, plan};
use super::{Fanout, REMEMBERED};
use crate::owner::Message;
use crate::push::{Body, Push, Pushed, Stamp};

/// An event with its position, shared with the run it came in.
#[derive(Clone)]
struct Placed {
    position: i64,
    body: Body,
}

impl Placed {
    fn event(&self) -> &Event {
        self.body.event()
    }
}

fn placed(run: &Run) -> impl Iterator<Item = Placed> {
    let place = |at| Body { events: Arc::clone(run.events()), at };
    (run.first_position()..).zip(0..run.events().len()).map(move |(position, at)| Placed { position, body: place(at) })
}

impl Fanout {
    pub(super) async fn deliver(&mut self, runs: &[&Run]) -> Result<usize, store::Error> {
        let events: Vec<_> = runs.iter().copied().flat_map(placed).collect();
        let mut made = 0;
        for piece in events.chunks(MAX_BATCH) {
            made += self.deliver_piece(piece).await?;
        }
        Ok(made)
    }

    /// Fills gaps in transactions of their own, before.
    async fn deliver_piece(&mut self, piece: &[Placed]) -> Result<usize, store::Error> {
        let streams: BTreeMap<_, _> =
            piece.iter().map(|placed| (placed.event().stream, placed.event().environment_id)).collect();
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
            let fill = self.fill(&plan.gaps).await?;
            let filled: BTreeSet<_> = fill.iter().map(|placed| placed.event().stream).collect();
            let room = fill.len() < MAX_BATCH;
            empty.extend(plan.gaps.iter().map(|gap| gap.stream).filter(|stream| room && !filled.contains(stream)));
            made += self.commit(tx, (stamp, &streams), &fill).await?;
        }
    }

    /// Events that lie in these gaps, as many as go into one transaction.
    async fn fill(&self, gaps: &[Gap]) -> Result<Vec<Placed>, store::Error> {
        let mut fill = Vec::new();
        for Gap { stream, past, through } in gaps {
            let room = MAX_BATCH - fill.len();
            if room == 0 {
                break;
            }
            let events = self.system.stream_events(*stream, *past, *through, room as u64).await?;
            let (positions, events): (Vec<_>, Vec<_>) =
                events.into_iter().map(|positioned| (positioned.position, positioned.event)).unzip();
            let events: Arc<[Event]> = events.into();
            let place = |(at, position)| Placed { position, body: Body { events: Arc::clone(&events), at } };
            fill.extend(positions.into_iter().enumerate().map(place));
        }
        Ok(fill)
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
        let push = Push { stamp, broken, deliveries: pushed(&fanned, news) };
        // An owner that has ended needs no push.
        _ = self.owner.send(Message::Fanned(push)).await;
        self.progress.moved();
        Ok(made)
    }

    /// The environments of streams that this process did not fan out last, nor first.
    fn broken(&self, tx: &FanoutTx, streams: &BTreeMap<StreamId, EnvironmentId>) -> BTreeSet<EnvironmentId> {
        let unbroken = |stream: &StreamId| {
            tx.fresh.contains(stream) || self.own.get(stream).is_some_and(|own| tx.sequences.get(stream) == Some(own))
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
    fanned.iter().filter_map(push).collect()
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
