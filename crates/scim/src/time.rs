//! `dateTime` values (RFC 7643 section 2.3.5, xsd:dateTime) and milliseconds since the epoch.

const DAY_MS: i64 = 86_400_000;

/// Reads an xsd:dateTime; without an offset it is taken for UTC. Finer fractions than milliseconds are cut off.
pub(crate) fn parse_ms(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't'])?;
    let (time, offset_minutes) = split_offset(rest)?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hours, minutes, seconds] = fields(clock, ':')?;
    let (minutes_ok, seconds_ok) = (minutes < 60, seconds < 61);
    if clock.len() != 8 || hours > 24 || !minutes_ok || !seconds_ok {
        return None;
    }
    let of_day = ((hours * 60 + minutes - offset_minutes) * 60 + seconds) * 1_000 + millis(fraction)?;
    days(date)?.checked_mul(DAY_MS)?.checked_add(of_day)
}

/// `2026-11-22T19:54:00.123Z`.
pub(crate) fn format_ms(ms: i64) -> String {
    let (year, month, day) = civil(ms.div_euclid(DAY_MS));
    let of_day = ms.rem_euclid(DAY_MS);
    let (seconds, millis) = (of_day / 1_000, of_day % 1_000);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
}

/// The time of day and the offset in minutes.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, 0)) };
    let [hours, minutes] = fields(&text[at + 1..], ':')?;
    let sign = if text[at..].starts_with('-') { -1 } else { 1 };
    (hours < 15 && minutes < 60 && text.len() - at == 6).then_some((&text[..at], sign * (hours * 60 + minutes)))
}

fn millis(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{fraction:0<3.3}").parse().ok()
}

fn fields<const N: usize>(text: &str, separator: char) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for number in &mut numbers {
        let part = parts.next()?;
        let digits = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = digits.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(numbers)
}

/// Days since the epoch of `YYYY-MM-DD`, by the proleptic Gregorian calendar.
fn days(date: &str) -> Option<i64> {
    let [year, month, day] = fields(date, '-')?;
    if date.len() != 10 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_from_civil(year, month, day);
    (civil(days) == (year, month, day)).then_some(days)
}

/// Years begin in March, eras of 400 years have 146,097 days (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = (shifted_month + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day_of_year - (153 * shifted_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(parse_ms(text), expected, "{text}");
    }

    #[test]
    fn parsed() {
        check("1970-01-01T00:00:00Z", Some(0));
        check("2011-05-13T04:42:34Z", Some(1_305_261_754_000));
        check("2011-05-13T06:42:34.5+02:00", Some(1_305_261_754_500));
        check("2011-05-12T23:42:34-05:00", Some(1_305_261_754_000));
        check("2011-05-13T04:42:34", Some(1_305_261_754_000));
        check("2011-05-13T04:42:34.123456789Z", Some(1_305_261_754_123));
        check("2000-02-29T00:00:00Z", Some(951_782_400_000));
        check("1969-12-31T23:59:59.999Z", Some(-1));
        for bad in ["", "2011-05-13", "2011-02-30T00:00:00Z", "2011-5-13T00:00:00Z", "2011-05-13T25:00:00Z"] {
            check(bad, None);
        }
        for bad in ["2011-05-13T00:00Z", "2011-05-13T00:00:00.Z", "2011-05-13T00:00:00+2:00", "2011-05-13T00:é0:00Z"] {
            check(bad, None);
        }
    }

    #[test]
    fn formatted_and_back() {
        for ms in [0, -1, 1_305_261_754_123, 951_782_400_000, 4_102_444_800_000] {
            assert_eq!(parse_ms(&format_ms(ms)), Some(ms));
        }
        assert_eq!(format_ms(1_305_261_754_007), "2011-05-13T04:42:34.007Z");
    }
}
