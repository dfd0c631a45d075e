//! Just enough of the calendar to read an event's `created_at` and to print a time of day.

const DAY_MS: u64 = 86_400_000;

/// `14:03:22.123`, UTC.
pub(super) fn time_of_day(at_ms: u64) -> String {
    let of_day = at_ms % DAY_MS;
    let (seconds, ms) = (of_day / 1_000, of_day % 1_000);
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Milliseconds since 1970 of `2026-11-22T14:03:22.123Z`; digits beyond the third are dropped.
pub(super) fn parse(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    let ms: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let valid = (1970..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let seconds = hour * 3_600 + minute * 60 + second;
    (valid && hour < 24 && minute < 60 && second < 61).then(|| days(year, month, day) * DAY_MS + seconds * 1_000 + ms)
}

fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let numbers: Option<Vec<u64>> = text.split(separator).map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

/// Days since 1970, by years that begin in March (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T12:00:00.5Z", Some(951_825_600_500)),
            ("2026-11-22T19:58:01.042Z", Some(1_795_377_481_042)),
            ("2026-11-22T19:58:01.042999Z", Some(1_795_377_481_042)),
            ("2026-11-22T19:58:01+00:00", None),
            ("2026-13-22T19:58:01Z", None),
            ("1969-12-31T23:59:59Z", None),
            ("2026-11-22", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn times_are_written() {
        assert_eq!(time_of_day(1_795_377_481_042), "19:58:01.042");
    }
}
