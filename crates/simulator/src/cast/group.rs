use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::index;

use super::guid;
use super::names::TEAMS;

/// An invented group. The first one holds everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Place in the cast, from 0.
    pub(crate) number: usize,
    pub(crate) display_name: String,
    /// What Entra calls it by; Okta has no such thing.
    pub(crate) source_id: String,
    /// Numbers of its members, in the order in which they are pushed.
    pub(crate) members: Vec<usize>,
    /// Somebody who is not a member yet.
    pub(crate) newcomer: Option<usize>,
}

/// Members of a group other than the one that holds everybody.
const LARGEST_TEAM: usize = 40;

impl Group {
    pub(super) fn invent(number: usize, people: usize, dice: &mut StdRng) -> Self {
        let (round, team) = (number / TEAMS.len(), TEAMS[number % TEAMS.len()]);
        let mut drawn = Self::draw(number, people, dice);
        Self {
            number,
            display_name: if round == 0 { team.to_owned() } else { format!("{team} {}", round + 1) },
            source_id: guid(dice),
            newcomer: if drawn.len() > 1 && number > 0 { drawn.pop() } else { None },
            members: drawn,
        }
    }

    fn draw(number: usize, people: usize, dice: &mut StdRng) -> Vec<usize> {
        if number == 0 || people < 2 {
            return (0..people).collect();
        }
        let size = dice.random_range(2..=people.min(LARGEST_TEAM));
        index::sample(dice, people, size).into_vec()
    }
}
