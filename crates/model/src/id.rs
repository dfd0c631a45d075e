//! Typed ids: `<prefix>_<ULID>`, sixteen bytes in memory, text everywhere else.
//!
//! An id that does not parse is an id that does not exist: doors answer it like an absent one.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use rand::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

/// What an id names; gives the prefix.
pub trait Kind {
    const PREFIX: &'static str;
}

/// A typed id. Ordered by creation time, then by chance (ids of one [`IdSource`] strictly rise).
pub struct Id<K>(u128, PhantomData<fn() -> K>);

/// The text is not an id of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct ParseIdError;

macro_rules! kinds {
    ($($kind:ident, $id:ident, $prefix:literal;)*) => {
        /// The kinds of ids, one uninhabited type each.
        pub mod kind {
            $(#[derive(Debug)] pub enum $kind {}
            impl super::Kind for $kind { const PREFIX: &'static str = $prefix; })*
        }
        $(pub type $id = Id<kind::$kind>;)*
    };
}

kinds! {
    Environment, EnvironmentId, "environment";
    ApiKey, ApiKeyId, "api_key";
    Organization, OrganizationId, "org";
    OrganizationDomain, OrganizationDomainId, "org_domain";
    Directory, DirectoryId, "directory";
    DirectoryToken, DirectoryTokenId, "directory_token";
    User, UserId, "directory_user";
    Group, GroupId, "directory_group";
    Event, EventId, "event";
    Commit, CommitId, "commit";
    Endpoint, EndpointId, "we";
    Delivery, DeliveryId, "delivery";
    Attempt, AttemptId, "attempt";
    Request, RequestId, "req";
    Parked, ParkedId, "parked";
}

impl<K: Kind> Id<K> {
    /// The id of this kind with the given ULID.
    pub const fn from_ulid(ulid: Ulid) -> Self {
        Self(ulid.0, PhantomData)
    }

    pub const fn ulid(self) -> Ulid {
        Ulid(self.0)
    }

    /// The smallest id of a time (Unix milliseconds).
    pub fn first_at(now_ms: i64) -> Self {
        Self::from_ulid(Ulid::from_parts(u64::try_from(now_ms).unwrap_or(0), 0))
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = ParseIdError;

    /// Exactly the text that [`fmt::Display`] prints; ids compare with case.
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let (prefix, ulid) = text.rsplit_once('_').ok_or(ParseIdError)?;
        let parsed = Ulid::from_string(ulid).map_err(|_| ParseIdError)?;
        let mut buffer = [0; ulid::ULID_LEN];
        if prefix != K::PREFIX || parsed.array_to_str(&mut buffer) != ulid {
            return Err(ParseIdError);
        }
        Ok(Self::from_ulid(parsed))
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = [0; ulid::ULID_LEN];
        write!(f, "{}_{}", K::PREFIX, self.ulid().array_to_str(&mut buffer))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Draws ids that strictly rise, also within one millisecond and when the clock steps back.
#[derive(Debug, Default)]
pub struct IdSource {
    last: u128,
}

impl IdSource {
    const RANDOM_BITS: u32 = 80;

    /// The next id at `now_ms` (Unix milliseconds).
    pub fn next<K: Kind>(&mut self, now_ms: i64, rng: &mut impl Rng) -> Id<K> {
        let fresh = Ulid::from_parts(u64::try_from(now_ms).unwrap_or(0), rng_u128(rng)).0;
        let same_time = fresh >> Self::RANDOM_BITS <= self.last >> Self::RANDOM_BITS;
        self.last = if same_time { self.last + 1 } else { fresh };
        Id(self.last, PhantomData)
    }
}

/// 79 random bits: the top one is left clear so that [`IdSource`] has room to count upwards.
fn rng_u128(rng: &mut impl Rng) -> u128 {
    (u128::from(rng.next_u64()) << 15) | u128::from(rng.next_u32() >> 17)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn parses_only_what_it_prints() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let id: UserId = IdSource::default().next(1_700_000_000_000, &mut rng);
        let text = id.to_string();
        assert!(text.starts_with("directory_user_01HF"));
        assert_eq!(text.parse(), Ok(id));
        for wrong in ["", "0", "directory_user_", &text.to_lowercase(), &text[1..], &format!("{text}0")] {
            assert_eq!(wrong.parse::<UserId>(), Err(ParseIdError), "{wrong}");
        }
        assert_eq!(text.parse::<GroupId>(), Err(ParseIdError));
    }

    #[test]
    fn rises_within_a_millisecond_and_when_the_clock_steps_back() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let mut source = IdSource::default();
        let ids: Vec<EventId> = [5, 5, 5, 3, 6].map(|now| source.next(now, &mut rng)).to_vec();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert_eq!(ids[3].ulid().timestamp_ms(), 5);
        assert_eq!(ids[4].ulid().timestamp_ms(), 6);
    }
}
