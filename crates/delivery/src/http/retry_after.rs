//! `Retry-After`: seconds, or an HTTP date (RFC 9110, section 10.2.3).

use std::time::{Duration, UNIX_EPOCH};

/// How long the header asks to wait, at `now_ms`. A date that has passed asks for nothing.
pub(super) fn parse(value: &str, now_ms: i64) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = Duration::from_millis(u64::try_from(now_ms).ok()?);
    Some(at.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates() {
        let check = |value: &str, expected: Option<u64>| {
            assert_eq!(parse(value, 784_111_777_000).map(|asked| asked.as_secs()), expected, "{value}");
        };
        check("120", Some(120));
        check(" 0 ", Some(0));
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(0));
        check("Sun, 06 Nov 1994 08:50:37 GMT", Some(60));
        check("Sun, 06 Nov 1994 07:50:37 GMT", Some(0));
        check("-1", None);
        check("soon", None);
        check("99999999999999999999", None);
    }
}
