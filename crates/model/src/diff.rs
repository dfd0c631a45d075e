//! `diff(told, now)`: what an application must hear when the view moves.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::view::{DirectoryGroup, DirectoryUser, UserState};

/// One resource's news.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Created,
    /// Old values of what changed; a property that was absent before is null.
    Updated(Map<String, Value>),
    Deleted,
}

/// A public object whose two states can be compared.
pub trait View: Serialize + PartialEq {
    /// Members that never make news by themselves.
    const SILENT: &'static [&'static str] = &["created_at", "updated_at"];
    /// Members that are compared one level down.
    const NESTED: &'static [&'static str] = &["custom_attributes", "raw_attributes"];

    /// Whether moving from `self` to `now` takes access away.
    fn revoked_by(&self, now: &Self) -> bool;
}

impl View for DirectoryUser {
    fn revoked_by(&self, now: &Self) -> bool {
        self.state == UserState::Active && now.state != UserState::Active
    }
}

impl View for DirectoryGroup {
    fn revoked_by(&self, _: &Self) -> bool {
        false
    }
}

/// Compares what was told with what is so now. `None`: nothing to tell. A difference between null and absent is none.
pub fn diff<V: View>(told: Option<&V>, now: Option<&V>) -> Option<Change> {
    match (told, now) {
        (None, None) => None,
        (None, Some(_)) => Some(Change::Created),
        (Some(_), None) => Some(Change::Deleted),
        (Some(told), Some(now)) => previous_attributes(told, now).map(Change::Updated),
    }
}

/// Between what was told of a user and what is so now, where both the state and something else have changed: each is news of its
/// own. What takes access away comes first, what gives it last. `None`: there is nothing between.
pub fn halfway(told: &DirectoryUser, now: &DirectoryUser) -> Option<DirectoryUser> {
    if told.state == now.state {
        return None;
    }
    let revoked = told.revoked_by(now);
    let (rest, state) = if revoked { (told, now) } else { (now, told) };
    let mut halfway = DirectoryUser { state: state.state, updated_at: now.updated_at, ..rest.clone() };
    match state.raw_attributes.get(ACTIVE) {
        Some(active) => drop(halfway.raw_attributes.insert(ACTIVE.to_owned(), active.clone())),
        None => drop(halfway.raw_attributes.shift_remove(ACTIVE)),
    }
    let (first, last) = (previous_attributes(told, &halfway), previous_attributes(&halfway, now));
    (first.is_some() && last.is_some()).then_some(halfway)
}

/// Where the document says what the state says.
const ACTIVE: &str = "active";

fn previous_attributes<V: View>(told: &V, now: &V) -> Option<Map<String, Value>> {
    if told == now {
        return None;
    }
    let (told, now) = (object(told), object(now));
    let mut previous = Map::new();
    for (name, old) in &told {
        let new = now.get(name).unwrap_or(&Value::Null);
        if old == new || V::SILENT.contains(&name.as_str()) {
            continue;
        }
        match (old, new) {
            (Value::Object(old), Value::Object(new)) if V::NESTED.contains(&name.as_str()) => {
                let inner = changed_entries(old, new);
                if !inner.is_empty() {
                    previous.insert(name.clone(), Value::Object(inner));
                }
            }
            _ => drop(previous.insert(name.clone(), old.clone())),
        }
    }
    (!previous.is_empty()).then_some(previous)
}

/// Old values of the entries that differ, entries new in `new` as null.
fn changed_entries(old: &Map<String, Value>, new: &Map<String, Value>) -> Map<String, Value> {
    let value = |map: &Map<String, Value>, key: &str| map.get(key).cloned().unwrap_or(Value::Null);
    let added = new.keys().filter(|key| !old.contains_key(*key));
    let keys = old.keys().chain(added).filter(|key| value(old, key) != value(new, key));
    let mut changed: Map<_, _> = keys.map(|key| (key.clone(), value(old, key))).collect();
    crate::json::settle_map(&mut changed);
    changed
}

/// A view always serializes to an object.
fn object<V: View>(view: &V) -> Map<String, Value> {
    match serde_json::to_value(view) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A user of this state, job title and document.
    fn user(state: &str, title: &str, document: &Value) -> DirectoryUser {
        let user = json!({
            "object": "directory_user",
            "id": "directory_user_00000000000000000000000001",
            "directory_id": "directory_00000000000000000000000001",
            "organization_id": "org_00000000000000000000000001",
            "idp_id": "i", "email": null, "first_name": null, "last_name": null, "name": null, "emails": [],
            "job_title": title, "username": "u", "state": state, "raw_attributes": document, "custom_attributes": {},
            "created_at": "1970-01-01T00:00:00.000Z", "updated_at": "1970-01-01T00:00:00.000Z",
        });
        serde_json::from_value(user).unwrap()
    }

    #[test]
    fn a_state_is_news_of_its_own() {
        let document = |active: bool, title: &str| json!({ "userName": "u", "active": active, "title": title });
        let told = user("active", "old", &document(true, "old"));
        let gone = user("inactive", "old", &document(false, "old"));
        let promoted = user("active", "new", &document(true, "new"));
        let both = user("inactive", "new", &document(false, "new"));
        let check = |from: &DirectoryUser, to: &DirectoryUser, expected: Option<&DirectoryUser>| {
            assert_eq!(halfway(from, to).as_ref(), expected);
        };
        check(&told, &told, None);
        check(&told, &promoted, None);
        check(&told, &gone, None);
        check(&gone, &told, None);
        check(&told, &both, Some(&gone));
        check(&both, &told, Some(&user("inactive", "old", &document(false, "old"))));
        let silent = user("active", "old", &json!({ "userName": "u", "title": "old" }));
        check(&silent, &both, Some(&gone));
    }
}
