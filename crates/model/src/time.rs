//! Time: Unix milliseconds inside, ISO 8601 with milliseconds and `Z` on every wire.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Where time comes from. `server` has the real one; tests have [`FixedClock`].
///
/// On PostgreSQL rows, ids, leases and due times take the database's time instead (see `store`).
pub trait Clock: Send + Sync {
    /// Unix time in milliseconds.
    fn now_ms(&self) -> i64;
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct FixedClock(std::sync::atomic::AtomicI64);

impl FixedClock {
    pub fn at(now_ms: i64) -> Self {
        Self(now_ms.into())
    }

    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

/// The first and the last millisecond of the years that RFC 3339 can write, 0000 to 9999, in UTC.
const FIRST_MS: i64 = -62_167_219_200_000;
const LAST_MS: i64 = 253_402_300_799_999;

/// A point in time, in Unix milliseconds; serialized as `2026-01-15T12:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads RFC 3339 text; anything finer than a millisecond is cut. `None` too for a time that its offset puts outside the
    /// years 0000 to 9999: it could not be written in UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let ms = i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?;
        (FIRST_MS..=LAST_MS).contains(&ms).then_some(Self(ms))
    }
}

/// What lies outside the years 0000 to 9999 prints as the nearest time within: printing never fails.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = i128::from(self.0.clamp(FIRST_MS, LAST_MS));
        let at = OffsetDateTime::from_unix_timestamp_nanos(ms * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (date, clock) = (at.date(), at.time());
        write!(f, "{:04}-{:02}-{:02}T", date.year(), u8::from(date.month()), date.day())?;
        write!(f, "{:02}:{:02}:{:02}.{:03}Z", clock.hour(), clock.minute(), clock.second(), clock.millisecond())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_milliseconds() {
        let check = |ms: i64, text: &str| {
            assert_eq!(Timestamp(ms).to_string(), text);
            assert_eq!(Timestamp::parse(text), Some(Timestamp(ms)));
        };
        check(0, "1970-01-01T00:00:00.000Z");
        check(1_768_478_400_007, "2026-01-15T12:00:00.007Z");
        assert_eq!(Timestamp::parse("2026-01-15T13:00:00+01:00"), Some(Timestamp(1_768_478_400_000)));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn holds_to_the_years_that_can_be_written() {
        let check = |text: &str, ms: Option<i64>| assert_eq!(Timestamp::parse(text), ms.map(Timestamp), "{text}");
        check("9999-12-31T23:59:59.999Z", Some(LAST_MS));
        check("9999-12-31T23:59:59.9999Z", Some(LAST_MS));
        check("9999-12-31T23:59:59-00:01", None);
        check("0000-01-01T00:00:00Z", Some(FIRST_MS));
        check("0000-01-01T00:00:00+00:01", None);
        check("1969-12-31T23:59:59.9995Z", Some(-1));
        assert_eq!(Timestamp(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp(i64::MIN).to_string(), "0000-01-01T00:00:00.000Z");
    }
}
