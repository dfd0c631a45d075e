//! What a request makes of a group's members: operations on a list that is never read whole unless they speak of all of it.

use std::collections::{BTreeMap, BTreeSet};

use model::id::{GroupId, UserId};
use model::resource::Referrer;
use model::tenant::Directory;
use scim::{DetachedChange, Reference};

use super::members::reference;
use super::parked::{MAX_PARKED, can_wait};
use super::request::Unknown;
use super::working::{Stop, Working};
use super::writer::MAX_ROWS_TOGETHER;

/// Net set deltas of one request.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Who joins (true) or leaves (false), each different from what is so now.
    pub(crate) moves: BTreeMap<UserId, bool>,
    /// What waits (true) or waits no more (false), each different from what is so now (N22).
    pub(crate) parks: BTreeMap<String, bool>,
    pub(crate) unknown: Unknown,
}

/// What a request says of the members.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// These and nobody else.
    Exactly(&'a [Reference]),
    /// What these operations make of those who are there.
    After(&'a [DetachedChange]),
}

/// What the request comes to, in order (N19-N22). `None`: the group is about to be made.
pub(crate) fn resolve(
    working: &mut Working<'_>,
    directory: &Directory,
    group: Option<GroupId>,
    wanted: Wanted<'_>,
) -> Result<Changes, Stop> {
    let mut plan = Plan::default();
    match wanted {
        Wanted::Exactly(references) => {
            plan.begin_with_everybody(working, directory, group);
            plan.replace(working, directory, references);
        }
        Wanted::After(operations) => {
            if operations.iter().any(speaks_of_all) {
                plan.begin_with_everybody(working, directory, group);
            }
            operations.iter().for_each(|operation| plan.run(working, directory, operation));
        }
    }
    plan.finish(working, directory, group)
}

fn speaks_of_all(operation: &DetachedChange) -> bool {
    !matches!(operation, DetachedChange::Add(_) | DetachedChange::Remove(_))
}

/// Who shall be in the group, as far as the request says.
#[derive(Default)]
struct Plan {
    wanted: BTreeMap<UserId, bool>,
    /// What shall wait for somebody.
    parked: BTreeMap<String, bool>,
    unknown: Unknown,
    /// Something was asked for that is not read yet. All of it is asked for before the request stops.
    incomplete: bool,
}

impl Plan {
    fn begin_with_everybody(&mut self, working: &mut Working<'_>, directory: &Directory, group: Option<GroupId>) {
        let Some(group) = group else { return };
        match working.members(group) {
            Ok(everybody) => self.wanted.extend(everybody.into_iter().map(|user| (user, true))),
            Err(_) => self.incomplete = true,
        }
        match working.parked_of(directory, Referrer::Group(group)) {
            Ok(parked) => self.parked.extend(parked.into_iter().map(|value| (value, true))),
            Err(_) => self.incomplete = true,
        }
    }

    fn run(&mut self, working: &mut Working<'_>, directory: &Directory, operation: &DetachedChange) {
        match operation {
            DetachedChange::Add(references) => self.add(working, directory, references),
            DetachedChange::Remove(values) => values.iter().for_each(|value| self.remove(working, directory, value)),
            DetachedChange::RemoveWhere(filter) => {
                self.wanted.iter_mut().for_each(|(user, is)| *is = *is && !filter.matches_reference(&reference(*user)));
                let matches = |value: &str| filter.matches_reference(&Reference::new(value));
                self.parked.iter_mut().for_each(|(value, is)| *is = *is && !matches(value));
            }
            DetachedChange::RemoveAll => self.remove_all(),
            DetachedChange::Replace(references) => self.replace(working, directory, references),
        }
    }

    fn remove_all(&mut self) {
        self.wanted.values_mut().for_each(|is| *is = false);
        self.parked.values_mut().for_each(|is| *is = false);
    }

    fn replace(&mut self, working: &mut Working<'_>, directory: &Directory, references: &[Reference]) {
        self.remove_all();
        self.add(working, directory, references);
    }

    /// A reference that does not resolve inside the directory waits (N22).
    fn add(&mut self, working: &mut Working<'_>, directory: &Directory, references: &[Reference]) {
        for reference in references {
            let value = &reference.value;
            match working.one_named(directory, value) {
                Ok(Some(user)) => {
                    self.wanted.insert(user, true);
                    // It may have waited until it was clear who is meant.
                    if value.parse::<UserId>().is_err() {
                        self.parked.insert(value.clone(), false);
                    }
                }
                Ok(None) if can_wait(reference) => {
                    self.parked.insert(value.clone(), true);
                    self.unknown.waiting += 1;
                }
                Ok(None) => self.unknown.skipped += 1,
                Err(_) => {
                    self.wanted.extend(value.parse().map(|user| (user, true)));
                    self.incomplete = true;
                }
            }
        }
    }

    /// Whoever may be meant leaves.
    fn remove(&mut self, working: &mut Working<'_>, directory: &Directory, value: &str) {
        match working.named(directory, value) {
            Ok(named) => self.wanted.extend(named.into_iter().map(|user| (user, false))),
            Err(_) => {
                self.wanted.extend(value.parse().map(|user| (user, false)));
                self.incomplete = true;
            }
        }
        self.parked.insert(value.to_owned(), false);
    }

    /// Drops what is so already; whoever leaves must be read, for the event.
    fn finish(
        mut self,
        working: &mut Working<'_>,
        directory: &Directory,
        group: Option<GroupId>,
    ) -> Result<Changes, Stop> {
        let mut incomplete = self.incomplete;
        if let Some(group) = group.filter(|_| self.wanted.len() > MAX_ROWS_TOGETHER) {
            working.ask_for_all(group);
        }
        self.wanted.retain(|user, is| {
            let now = group.map_or(Some(false), |group| working.is_member(group, *user));
            incomplete |= now.is_none();
            now != Some(*is)
        });
        if !working.alone || self.wanted.len() <= MAX_ROWS_TOGETHER {
            for user in self.wanted.keys() {
                incomplete |= !working.is_read(directory, *user);
            }
        }
        self.parked.retain(|value, is| {
            let now = group.map_or(Ok(false), |group| working.is_parked(directory, Referrer::Group(group), value));
            incomplete |= now.is_err();
            now != Ok(*is)
        });
        let room = self.room(working, directory, group);
        match room {
            Ok(room) if !incomplete => {
                self.leave_out(room);
                Ok(Changes { moves: self.wanted, parks: self.parked, unknown: self.unknown })
            }
            _ => Err(Stop::Missing),
        }
    }

    /// How many references more may wait for the group.
    fn room(&self, working: &mut Working<'_>, directory: &Directory, group: Option<GroupId>) -> Result<usize, Stop> {
        let comes = self.parked.values().filter(|is| **is).count();
        let held = match group {
            Some(group) if comes > 0 => working.count_parked(directory, Referrer::Group(group))?,
            _ => 0,
        };
        Ok((MAX_PARKED + self.parked.len() - comes).saturating_sub(held))
    }

    /// Those past the room are skipped.
    fn leave_out(&mut self, room: usize) {
        let comes = self.parked.iter().filter(|(_, is)| **is).map(|(value, _)| value.clone());
        let past: BTreeSet<_> = comes.skip(room).collect();
        self.unknown.waiting -= past.len();
        self.unknown.skipped += past.len();
        self.parked.retain(|value, _| !past.contains(value));
    }
}
