//! Histories that could have happened: what proptest draws is read as moves of a small world.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*};

use super::{
    super::{Delivery, Directory, Revokes, Subject},
    rows,
};

/// All that chance decides in a run. Proptest shrinks it.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) moves: Vec<Move>,
    /// Of a delivery's n-th attempt, picked by both.
    pub(super) attempts: Vec<Attempt>,
    /// How many rows come into being at each tick.
    pub(super) batches: Vec<usize>,
    pub(super) window: usize,
    pub(super) limit: usize,
    /// Ticks at which memory is lost.
    pub(super) crashes: Vec<i64>,
}

type Move = (u8, u8, u8);

#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// Until its result, at most the time-out.
    pub(super) ticks: i64,
    /// When the receiver takes it in, if it does; before the result.
    pub(super) arrives: Option<i64>,
    pub(super) answered: bool,
    pub(super) retry_ticks: i64,
}

pub(super) const TIME_OUT: i64 = 10;

/// One owner without limits, as in the model.
pub(super) fn plain() -> impl Strategy<Value = Script> {
    (moves(), vec(attempt(), 1..80), vec(0_usize..=4, 1..20)).prop_map(|(moves, attempts, batches)| Script {
        moves,
        attempts,
        batches: [batches, vec![1]].concat(),
        window: usize::MAX,
        limit: usize::MAX,
        crashes: Vec::new(),
    })
}

/// With small windows, few at a time, and crashes.
pub(super) fn rough() -> impl Strategy<Value = Script> {
    let limit = prop_oneof![Just(usize::MAX), 1_usize..6];
    (plain(), 1_usize..20, limit, vec(0_i64..150, 0..4)).prop_map(|(script, window, limit, crashes)| Script {
        window,
        limit,
        crashes,
        ..script
    })
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    vec(any::<Move>(), 1..70)
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let arrives = prop_oneof![6 => Just(true), 4 => Just(false)];
    let answered = prop_oneof![8 => Just(true), 2 => Just(false)];
    (1..=TIME_OUT, arrives, 0..TIME_OUT, answered, 1_i64..=40).prop_map(
        |(ticks, arrives, at, answered, retry_ticks)| Attempt {
            ticks,
            arrives: arrives.then_some(at % ticks),
            answered,
            retry_ticks,
        },
    )
}

/// The events of these moves, in order. A move that cannot be made makes none.
pub(super) fn events(moves: &[Move]) -> Vec<Delivery> {
    let mut tenants = Tenants { directories: (0..4).collect(), ..Tenants::default() };
    let events = moves.iter().filter_map(|&of| tenants.make(of));
    events.zip(0..).map(|((subject, revokes), position)| rows::row(position, subject, revokes)).collect()
}

type Event = (Subject, Revokes);

#[derive(Default)]
struct Tenants {
    directories: BTreeSet<usize>,
    /// (user, its directory), and those of them that are active
    users: Vec<(u128, usize)>,
    active: BTreeSet<u128>,
    groups: Vec<(u128, usize)>,
    members: BTreeSet<(u128, u128)>,
    last_id: u128,
}

impl Tenants {
    fn make(&mut self, (kind, a, b): Move) -> Option<Event> {
        use Revokes::{Below, Nothing};
        match kind % 100 {
            0..20 => self.create_user(a).map(|subject| (subject, Nothing)),
            20..24 => pick(&self.users, a).map(|(user, at)| (rows::user(user, rows::directory(at)), Nothing)),
            24..35 => self.toggle_user(a),
            35..43 => self.delete_user(a).map(|subject| (subject, Below)),
            43..52 => self.create_group(a).map(|subject| (subject, Nothing)),
            52..56 => pick(&self.groups, a).map(|(group, at)| (rows::group(group, rows::directory(at)), Nothing)),
            56..61 => self.delete_group(a).map(|subject| (subject, Below)),
            61..88 => self.toggle_member(a, b),
            88..91 => self.directory(a).map(|(_, directory)| (Subject::Directory(directory), Nothing)),
            91 => self.delete_directory(a).map(|subject| (subject, Below)),
            92..95 => self.organization(a).map(|id| (rows::organization(id), Nothing)),
            95 => self.delete_organization(a).map(|subject| (subject, Below)),
            96..98 => self.organization(a).map(|id| (rows::other(80 + id, Some(id)), Nothing)),
            _ => Some((rows::other(91, None), Nothing)),
        }
    }

    fn next_id(&mut self) -> u128 {
        self.last_id += 1;
        100 + self.last_id
    }

    /// The first directory more often than the others.
    fn directory(&self, chance: u8) -> Option<(usize, Directory)> {
        let index = usize::from(chance).saturating_sub(180) / 20;
        self.directories.contains(&index).then(|| (index, rows::directory(index)))
    }

    /// Lives as long as its first directory.
    fn organization(&self, chance: u8) -> Option<u128> {
        let (id, first) = if chance < 180 { (1, 0) } else { (2, 2) };
        self.directories.contains(&first).then_some(id)
    }

    fn create_user(&mut self, chance: u8) -> Option<Subject> {
        let (index, directory) = self.directory(chance)?;
        let user = self.next_id();
        self.users.push((user, index));
        self.active.insert(user);
        Some(rows::user(user, directory))
    }

    fn toggle_user(&mut self, chance: u8) -> Option<Event> {
        let (user, at) = pick(&self.users, chance)?;
        let subject = rows::user(user, rows::directory(at));
        if self.active.remove(&user) {
            return Some((subject, Revokes::Resource));
        }
        self.active.insert(user);
        Some((subject, Revokes::Nothing))
    }

    fn delete_user(&mut self, chance: u8) -> Option<Subject> {
        let (user, at) = pick(&self.users, chance)?;
        self.users.retain(|&(id, _)| id != user);
        self.members.retain(|&(id, _)| id != user);
        Some(rows::user(user, rows::directory(at)))
    }

    fn create_group(&mut self, chance: u8) -> Option<Subject> {
        let (index, directory) = self.directory(chance)?;
        let group = self.next_id();
        self.groups.push((group, index));
        Some(rows::group(group, directory))
    }

    fn delete_group(&mut self, chance: u8) -> Option<Subject> {
        let (group, at) = pick(&self.groups, chance)?;
        self.groups.retain(|&(id, _)| id != group);
        self.members.retain(|&(_, id)| id != group);
        Some(rows::group(group, rows::directory(at)))
    }

    fn toggle_member(&mut self, a: u8, b: u8) -> Option<Event> {
        let (user, at) = pick(&self.users, a)?;
        let near: Vec<_> = self.groups.iter().copied().filter(|&(_, index)| index == at).collect();
        let (group, _) = pick(&near, b)?;
        let subject = rows::member(user, group, rows::directory(at));
        if self.members.remove(&(user, group)) {
            return Some((subject, Revokes::Resource));
        }
        self.members.insert((user, group));
        Some((subject, Revokes::Nothing))
    }

    fn delete_directory(&mut self, chance: u8) -> Option<Subject> {
        let (index, directory) = self.directory(chance)?;
        self.forget(index);
        Some(Subject::Directory(directory))
    }

    /// Takes its directories with it.
    fn delete_organization(&mut self, chance: u8) -> Option<Subject> {
        let id = self.organization(chance)?;
        let mine = |index: &usize| rows::directory(*index).organization.is_some_and(|of| of.0 == id);
        for index in (0..4).filter(mine) {
            self.forget(index);
        }
        Some(rows::organization(id))
    }

    fn forget(&mut self, index: usize) {
        self.directories.remove(&index);
        self.users.retain(|&(_, at)| at != index);
        self.groups.retain(|&(_, at)| at != index);
    }
}

fn pick<T: Copy>(from: &[T], chance: u8) -> Option<T> {
    from.get(usize::from(chance).checked_rem(from.len())?).copied()
}
