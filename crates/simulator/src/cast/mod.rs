//! An invented company, the same for the same seed: people, their managers and departments, and groups of them.

mod change;
mod fate;
mod group;
mod names;
mod person;

use std::collections::HashSet;

use rand::SeedableRng;
use rand::rngs::StdRng;

pub(crate) use fate::{Fate, GroupFate};
pub(crate) use group::Group;
pub(crate) use names::DOMAIN;
pub(crate) use person::{Details, Person};

use crate::Plan;

/// Everyone and every group, in the order in which they are provisioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cast {
    pub(crate) people: Vec<Person>,
    pub(crate) groups: Vec<Group>,
}

impl Cast {
    pub(crate) fn invent(plan: &Plan) -> Self {
        let mut dice = StdRng::seed_from_u64(plan.seed);
        let mut nicknames = HashSet::new();
        let mut claim = |name: &str| nicknames.insert(name.to_owned());
        let people = (0..plan.users).map(|number| Person::invent(number, &mut dice, &mut claim)).collect();
        let groups = (0..plan.groups).map(|number| Group::invent(number, plan.users, &mut dice)).collect();
        Self { people, groups }
    }
}

/// A random version 4 UUID.
pub(crate) fn guid(dice: &mut StdRng) -> String {
    use rand::RngExt;
    let bits = (dice.random::<u128>() & !(0xf << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests;
