use std::fmt::Write;

use serde_json::Value;

use super::instant::time_of_day;
use super::received::Received;

/// Longest name that is printed.
const NAME_LENGTH: usize = 60;

impl Received {
    /// One line for a terminal: time, whether it is verified, type, about whom or what, what changed, the end of its
    /// id. Nothing in it can move the cursor, whatever was sent.
    pub fn line(&self) -> String {
        let event = self.event();
        let kind = self.event_type.as_deref().unwrap_or("not an event");
        let mark = if self.verified.is_ok() { '✓' } else { '✗' };
        let mut line = format!("{} {mark} {:<24} {}", time_of_day(self.at_ms), plain(kind), subject(&event["data"]));
        if let Some(changed) = changed(&event["data"]) {
            let _ = write!(line, " ({changed})");
        }
        if let Some(id) = &self.event_id {
            let _ = write!(line, " …{}", plain(&last(id, 6)));
        }
        if self.duplicate {
            line.push_str(" again");
        }
        if let Err(error) = &self.verified {
            let _ = write!(line, " [{error}]");
        }
        line
    }
}

fn subject(data: &Value) -> String {
    match (data.get("user"), data.get("group")) {
        (Some(user), Some(group)) => format!("{} → {}", name(user), name(group)),
        _ => name(data),
    }
}

/// The most telling name that is there.
fn name(data: &Value) -> String {
    let names = ["email", "username", "name", "slug", "domain", "idp_id", "id"];
    let name = names.iter().find_map(|key| data[*key].as_str().filter(|name| !name.is_empty()));
    plain(name.unwrap_or("-"))
}

/// Names of the attributes that changed.
fn changed(data: &Value) -> Option<String> {
    let previous = data["previous_attributes"].as_object().filter(|previous| !previous.is_empty())?;
    let names = previous.iter().flat_map(|(key, value)| match value {
        Value::Object(inner) if key == "custom_attributes" => inner.keys().collect(),
        _ => vec![key],
    });
    Some(names.map(|name| plain(name)).collect::<Vec<_>>().join(", "))
}

fn last(text: &str, count: usize) -> String {
    let skip = text.chars().count().saturating_sub(count);
    text.chars().skip(skip).collect()
}

fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(NAME_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::receiver::VerifyError;

    fn check(event: &Value, expected: &str) {
        let body = event.to_string();
        let mut received = Received::read(1_795_377_481_042, "/hook", BTreeMap::new(), body.as_bytes());
        received.verified = Ok(());
        assert_eq!(received.line(), expected);
    }

    #[test]
    fn a_line_tells_what_happened() {
        let user = json!({"object": "directory_user", "id": "directory_user_1", "email": "ada@x.example"});
        let group = json!({"object": "directory_group", "id": "directory_group_1", "name": "Night Watch"});
        let mut changed = user.clone();
        changed["previous_attributes"] = json!({"state": "active", "custom_attributes": {"department": "Legal"}});
        check(
            &json!({"id": "event_01ABCDEF", "event": "dsync.user.created", "data": user}),
            "19:58:01.042 ✓ dsync.user.created       ada@x.example …ABCDEF",
        );
        check(
            &json!({"id": "event_01ABCDEF", "event": "dsync.user.updated", "data": changed}),
            "19:58:01.042 ✓ dsync.user.updated       ada@x.example (state, department) …ABCDEF",
        );
        check(
            &json!({"id": "event_01ABCDEF", "event": "dsync.group.user_added", "data": {"user": user, "group": group}}),
            "19:58:01.042 ✓ dsync.group.user_added   ada@x.example → Night Watch …ABCDEF",
        );
    }

    #[test]
    fn a_stranger_cannot_write_on_the_terminal() {
        let body = json!({"event": "x\u{1b}[2J", "data": {"name": "a\r\nb\u{7}"}}).to_string();
        let mut received = Received::read(0, "/", BTreeMap::new(), body.as_bytes());
        received.verified = Err(VerifyError::Mismatch);
        received.duplicate = true;
        assert_eq!(
            received.line(),
            "00:00:00.000 ✗ x[2J                     ab again [the signature does not match the body]"
        );
        assert!(Received::read(0, "/", BTreeMap::new(), b"<html>").line().contains("not an event"));
    }
}
