//! I3: the state that is rebuilt from the log is the one that the REST API shows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::record::{Logged, Person, Record};

pub(super) fn check(record: &Record) -> Vec<String> {
    let mut rebuilt = BTreeMap::<String, Person>::new();
    record.log.values().flatten().for_each(|event| apply(&mut rebuilt, event));
    let missing = rebuilt.keys().filter(|id| !record.people.contains_key(*id)).map(|id| format!("{id} is not shown"));
    let differing = record.people.iter().filter_map(|(id, shown)| match rebuilt.get(id) {
        None => Some(format!("{id} is shown, and no event says so")),
        Some(told) => (told != shown).then(|| format!("{id} is {shown:?}, and events say {told:?}")),
    });
    missing.chain(differing).collect()
}

fn apply(people: &mut BTreeMap<String, Person>, event: &Logged) {
    let (user, group) = (event.user.clone().unwrap_or_default(), event.group.clone().unwrap_or_default());
    match event.kind.as_str() {
        "dsync.user.created" | "dsync.user.updated" => {
            let person = people.entry(user).or_default();
            let data = event.data();
            let text = |key: &str| data[key].as_str().map(str::to_owned);
            person.state = text("state").unwrap_or_default();
            person.user_name = text("username").unwrap_or_default();
            person.job_title = text("job_title");
        }
        "dsync.user.deleted" => drop(people.remove(&user)),
        "dsync.group.user_added" => {
            people.entry(user).and_modify(|person| person.groups.extend([group]));
        }
        "dsync.group.user_removed" => {
            people.entry(user).and_modify(|person| person.groups.retain(|of| *of != group));
        }
        "dsync.group.deleted" => people.values_mut().for_each(|person| person.groups.retain(|of| *of != group)),
        _ => {}
    }
}

/// A user of the REST API.
pub fn person(user: &Value) -> Person {
    let text = |key: &str| user[key].as_str().map(str::to_owned);
    let groups = user["groups"].as_array().into_iter().flatten();
    Person {
        state: text("state").unwrap_or_default(),
        user_name: text("username").unwrap_or_default(),
        job_title: text("job_title"),
        groups: groups.filter_map(|group| group["id"].as_str().map(str::to_owned)).collect(),
    }
}
