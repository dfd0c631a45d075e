//! One endpoint, its rows in the database, and an owner that does what the module's doc asks of it.

use super::{
    super::{Delivery, Id, Outcome, Revokes},
    history::{Attempt, Script, TIME_OUT, events},
    oracle::takes_away,
    rules::Rules,
};

const ATTEMPTS: usize = 5;
const FOREVER: i64 = 20_000;

/// What the owner leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Careful,
    /// A revocation's result does not supersede the rows still unread.
    LeavesUnread,
    /// What was superseded is never written down.
    KeepsSuperseded,
    /// A new owner does not outwait what its predecessor sent.
    HurriesBack,
    /// Revocations beyond the window are not read.
    ReadsNoRevocations,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Unborn,
    Waiting,
    Delivered,
    GaveUp,
    Superseded,
}

/// An event's delivery: its row, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    pub(super) delivery: Delivery,
    pub(super) row: Row,
    attempts: usize,
    in_memory: bool,
    in_flight: bool,
    pub(super) first_start: Option<i64>,
    pub(super) first_end: Option<i64>,
    pub(super) superseded_at: Option<i64>,
    /// When its row said that it was delivered or given up.
    pub(super) ended_at: Option<i64>,
    pub(super) arrivals: Vec<i64>,
    /// Ticks spent waiting though due, for a revocation.
    pub(super) waited: i64,
}

/// What the rules said at a tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) started: Vec<Id>,
    pub(super) superseded: Vec<Id>,
    pub(super) sizes: (usize, usize),
    pub(super) next_due: Option<i64>,
}

#[derive(Debug)]
pub(super) struct Trace {
    pub(super) fates: Vec<Fate>,
    pub(super) said: Vec<Said>,
    pub(super) unlimited: bool,
}

pub(super) fn run<R: Rules>(script: &Script, owner: Owner, new: impl Fn() -> R) -> Trace {
    let mut world = World::new(script, owner, new());
    while world.goes_on() && world.now < FOREVER {
        world.tick(&new);
    }
    Trace { fates: world.fates, said: world.said, unlimited: script.limit == usize::MAX }
}

struct World<'a, R> {
    script: &'a Script,
    owner: Owner,
    rules: R,
    now: i64,
    down_until: i64,
    born: usize,
    fates: Vec<Fate>,
    flights: Vec<Flight>,
    unwritten: Vec<Id>,
    said: Vec<Said>,
}

struct Flight {
    index: usize,
    ends: i64,
    outcome: Outcome,
}

impl<'a, R: Rules> World<'a, R> {
    fn new(script: &'a Script, owner: Owner, rules: R) -> Self {
        let fates = events(&script.moves).into_iter().map(Fate::new).collect();
        let (flights, unwritten, said) = (Vec::new(), Vec::new(), Vec::new());
        Self { script, owner, rules, now: 0, down_until: 0, born: 0, fates, flights, unwritten, said }
    }

    fn goes_on(&self) -> bool {
        self.fates.iter().any(|fate| matches!(fate.row, Row::Unborn | Row::Waiting))
    }

    fn tick(&mut self, new: &impl Fn() -> R) {
        self.now += 1;
        self.bear();
        if self.script.crashes.contains(&self.now) {
            self.crash(new());
        }
        if self.now >= self.down_until {
            self.flush();
            self.read();
            self.start();
        }
    }

    fn bear(&mut self) {
        let at = usize::try_from(self.now).unwrap() % self.script.batches.len();
        let until = self.fates.len().min(self.born + self.script.batches[at]);
        for fate in &mut self.fates[self.born..until] {
            fate.row = Row::Waiting;
        }
        self.born = until;
    }

    fn crash(&mut self, rules: R) {
        self.rules = rules;
        self.flights.clear();
        self.unwritten.clear();
        for fate in &mut self.fates {
            (fate.in_memory, fate.in_flight) = (false, false);
        }
        self.down_until = self.now + if self.owner == Owner::HurriesBack { 1 } else { TIME_OUT };
    }

    /// Writes what was superseded, then the results; only then are the rules told.
    fn flush(&mut self) {
        let now = self.now;
        let ended: Vec<_> = self.flights.extract_if(.., |flight| flight.ends <= now).collect();
        if ended.is_empty() && now % 3 != 0 {
            return;
        }
        for id in std::mem::take(&mut self.unwritten) {
            self.fate(id).row = Row::Superseded;
        }
        for flight in &ended {
            self.write(flight);
        }
        for Flight { index, outcome, .. } in ended {
            self.rules.finish(self.fates[index].delivery.id, outcome);
        }
    }

    fn write(&mut self, flight: &Flight) {
        let fate = &mut self.fates[flight.index];
        fate.in_flight = false;
        fate.attempts += 1;
        fate.first_end.get_or_insert(self.now);
        fate.row = match flight.outcome {
            Outcome::Delivered => Row::Delivered,
            Outcome::GaveUp => Row::GaveUp,
            Outcome::Retry { at_ms } => {
                fate.delivery.attempted = true;
                fate.delivery.due_at_ms = at_ms;
                return;
            }
        };
        fate.ended_at = Some(self.now);
        if self.owner != Owner::LeavesUnread {
            self.supersede_unread(flight.index);
        }
    }

    fn supersede_unread(&mut self, index: usize) {
        let (before, after) = self.fates.split_at_mut(index);
        for fate in before.iter_mut().filter(|fate| fate.row == Row::Waiting && !fate.in_memory) {
            if takes_away(&after[0].delivery, &fate.delivery) {
                fate.row = Row::Superseded;
                fate.superseded_at.get_or_insert(self.now);
            }
        }
    }

    /// The oldest rows, and the revocations beyond them.
    fn read(&mut self) {
        let waiting = self.fates.iter_mut().filter(|fate| fate.row == Row::Waiting).enumerate();
        let beyond = self.owner != Owner::ReadsNoRevocations;
        for (nth, fate) in waiting {
            if nth < self.script.window || beyond && fate.delivery.revokes != Revokes::Nothing {
                fate.in_memory = true;
                self.rules.insert(fate.delivery);
            }
        }
    }

    fn start(&mut self) {
        let started = self.rules.start(self.now, self.script.limit - self.flights.len());
        for &id in &started {
            self.send(id);
        }
        let mut superseded = self.rules.take_superseded();
        superseded.sort_unstable();
        superseded.dedup();
        let now = self.now;
        for &id in &superseded {
            self.fate(id).superseded_at.get_or_insert(now);
        }
        if self.owner != Owner::KeepsSuperseded {
            self.unwritten.extend(&superseded);
        }
        for fate in self.fates.iter_mut().filter(|fate| fate.keeps_a_revocation_waiting(now)) {
            fate.waited += 1;
        }
        let (sizes, next_due) = (self.rules.sizes(), self.rules.next_due());
        self.said.push(Said { started, superseded, sizes, next_due });
    }

    fn send(&mut self, id: Id) {
        let (now, attempts) = (self.now, &self.script.attempts);
        let index = self.fates.iter().position(|fate| fate.delivery.id == id).unwrap();
        let fate = &mut self.fates[index];
        let attempt = &attempts[(index * ATTEMPTS + fate.attempts) % attempts.len()];
        fate.in_flight = true;
        fate.first_start.get_or_insert(now);
        fate.arrivals.extend(attempt.arrives.map(|after| now + after));
        let ends = now + attempt.ticks;
        let outcome = outcome(attempt, fate.attempts + 1 < ATTEMPTS, ends);
        self.flights.push(Flight { index, ends, outcome });
    }

    fn fate(&mut self, id: Id) -> &mut Fate {
        self.fates.iter_mut().find(|fate| fate.delivery.id == id).unwrap()
    }
}

fn outcome(attempt: &Attempt, again: bool, ends: i64) -> Outcome {
    match attempt.arrives {
        Some(_) if attempt.answered => Outcome::Delivered,
        _ if again => Outcome::Retry { at_ms: ends + attempt.retry_ticks },
        _ => Outcome::GaveUp,
    }
}

impl Fate {
    fn new(delivery: Delivery) -> Self {
        Self {
            delivery,
            row: Row::Unborn,
            attempts: 0,
            in_memory: false,
            in_flight: false,
            first_start: None,
            first_end: None,
            superseded_at: None,
            ended_at: None,
            arrivals: Vec::new(),
            waited: 0,
        }
    }

    fn keeps_a_revocation_waiting(&self, now: i64) -> bool {
        let due = self.delivery.due_at_ms <= now && !self.in_flight;
        self.delivery.revokes != Revokes::Nothing && self.row == Row::Waiting && self.superseded_at.is_none() && due
    }
}
