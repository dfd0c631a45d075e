//! I3: the state that is rebuilt from the log is the one that the REST API shows, each in its environment and directory.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde_json::Value;

use crate::record::{Logged, Person, Place, Record};

#[derive(Default)]
struct State {
    people: BTreeMap<Place, Person>,
    groups: BTreeMap<Place, String>,
}

pub(super) fn check(record: &Record) -> Vec<String> {
    let mut state = State::default();
    for (environment, log) in &record.log {
        log.iter().for_each(|event| state.apply(environment, event));
    }
    let mut broken = compare(&state.people, &record.people);
    broken.extend(compare(&state.groups, &record.groups));
    broken
}

fn compare<T: PartialEq + Debug>(told: &BTreeMap<Place, T>, shown: &BTreeMap<Place, T>) -> Vec<String> {
    let missing =
        told.keys().filter(|place| !shown.contains_key(*place)).map(|place| format!("{place:?} is not shown"));
    let differing = shown.iter().filter_map(|(place, shown)| match told.get(place) {
        None => Some(format!("{place:?} is shown, and no event says so")),
        Some(told) => (told != shown).then(|| format!("{place:?} is {shown:?}, and events say {told:?}")),
    });
    missing.chain(differing).collect()
}

impl State {
    fn apply(&mut self, environment: &str, event: &Logged) {
        let directory = event.directory.clone().unwrap_or_default();
        let place = |id: &Option<String>| [environment.to_owned(), directory.clone(), id.clone().unwrap_or_default()];
        let (user, group) = (place(&event.user), place(&event.group));
        let data = event.data();
        let text = |key: &str| data[key].as_str().map(str::to_owned);
        match event.kind.as_str() {
            "dsync.user.created" | "dsync.user.updated" => {
                let person = self.people.entry(user).or_default();
                person.state = text("state").unwrap_or_default();
                person.user_name = text("username").unwrap_or_default();
                person.job_title = text("job_title");
            }
            "dsync.user.deleted" => drop(self.people.remove(&user)),
            "dsync.group.created" | "dsync.group.updated" => {
                self.groups.insert(group, text("name").unwrap_or_default());
            }
            "dsync.group.user_added" => {
                let [_, _, group] = group;
                self.people.entry(user).and_modify(|person| person.groups.extend([group]));
            }
            "dsync.group.user_removed" => {
                let [_, _, group] = group;
                self.people.entry(user).and_modify(|person| person.groups.retain(|of| *of != group));
            }
            "dsync.group.deleted" => {
                self.groups.remove(&group);
                let [_, _, group] = group;
                self.people.values_mut().for_each(|person| person.groups.retain(|of| *of != group));
            }
            _ => {}
        }
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
