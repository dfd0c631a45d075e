//! Texts that are compared whatever the ids and times in them.

use std::collections::HashMap;
use std::fmt::Write as _;

/// Ids by order of appearance; times are all the same.
pub(crate) fn anonymous(text: &str) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut out = String::with_capacity(text.len());
    for word in
        text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':' || c == '.' || c == '-'))
    {
        let (body, end) = word.split_at(word.len() - word.chars().next_back().map_or(0, char::len_utf8));
        let is_id = body.rsplit_once('_').is_some_and(|(_, ulid)| ulid.len() == 26);
        let is_time = body.ends_with('Z') && body.contains('T') && body.len() == 24;
        let is_ms = body.len() == 13 && body.bytes().all(|byte| byte.is_ascii_digit());
        if is_id {
            let next = seen.len();
            _ = write!(out, "#{}", seen.entry(body.to_owned()).or_insert(next));
        } else if !is_time && !is_ms {
            out.push_str(body);
        }
        out.push_str(end);
    }
    out
}
