//! A sound record, and each violation planted in it.

use std::collections::BTreeSet;

use serde_json::json;

use super::{LONGEST_MS, SLACK_MS, check};
use crate::record::{Arrival, Endpoint, Logged, Message, Person, Place, Record, Times, says};

const KINDS: [&str; 6] = [
    "dsync.user.created",
    "dsync.user.updated",
    "dsync.user.deleted",
    "dsync.group.created",
    "dsync.group.user_added",
    "dsync.group.user_removed",
];

const DIRECTORY: &str = "directory";

fn place(environment: &str, id: &str) -> Place {
    [environment, DIRECTORY, id].map(str::to_owned)
}

/// Writes of one stream, one after the other.
struct Stream {
    name: &'static str,
    sequence: u64,
    log: Vec<Logged>,
}

impl Stream {
    fn new(name: &'static str) -> Self {
        Self { name, sequence: 0, log: Vec::new() }
    }

    fn record(&mut self, kind: &str, user: Option<&str>, group: Option<&str>, data: &serde_json::Value) {
        let previous = self.sequence;
        // Sequences have holes.
        self.sequence += 2;
        let id = format!("{}/{}", self.name, self.sequence);
        let body = json!({"id": id, "event": kind, "data": data}).to_string();
        let text = |of: Option<&str>| of.map(str::to_owned);
        self.log.push(Logged {
            id,
            position: self.sequence / 2,
            stream: self.name.to_owned(),
            sequence: self.sequence,
            previous,
            version: self.sequence,
            kind: kind.to_owned(),
            directory: Some(DIRECTORY.to_owned()),
            user: text(user),
            group: text(group),
            body,
        });
    }

    fn live(mut self, people: [&str; 3]) -> Vec<Logged> {
        let [ada, bob, crew] = people;
        let user = |name: &str, title: &str, state: &str| json!({"username": name, "job_title": title, "state": state});
        self.record("dsync.user.created", Some(ada), None, &user(ada, "One", "active"));
        self.record("dsync.group.created", None, Some(crew), &json!({"name": crew}));
        self.record("dsync.user.created", Some(bob), None, &user(bob, "One", "active"));
        self.record("dsync.group.user_added", Some(ada), Some(crew), &json!({}));
        self.record("dsync.group.user_added", Some(bob), Some(crew), &json!({}));
        let mut two = user(ada, "Two", "active");
        two["previous_attributes"] = json!({"job_title": "One"});
        self.record("dsync.user.updated", Some(ada), None, &two);
        self.record("dsync.group.user_removed", Some(bob), Some(crew), &json!({}));
        self.record("dsync.user.deleted", Some(bob), None, &user(bob, "One", "inactive"));
        self.log
    }
}

fn endpoint(environment: &str, log: &[Logged]) -> Endpoint {
    let arrival =
        |event: &Logged| Arrival { event: event.id.clone(), verified: true, stale: false, body: event.body.clone() };
    Endpoint {
        name: format!("hooks of {environment}"),
        environment: environment.to_owned(),
        subscribed: KINDS.into_iter().map(str::to_owned).collect(),
        arrivals: log.iter().map(arrival).collect(),
        superseded: BTreeSet::new(),
    }
}

fn message(event: &Logged) -> Message {
    Message {
        key: event.stream.clone(),
        event: event.id.clone(),
        sequence: event.sequence,
        previous: event.previous,
        body: event.body.clone(),
    }
}

fn sound() -> Record {
    let logs = [
        ("one", Stream::new("org_1").live(["ada", "bob", "crew"])),
        ("other", Stream::new("org_2").live(["eve", "mallory", "gang"])),
    ];
    let person = |name: &str, group: &str| Person {
        state: "active".to_owned(),
        user_name: name.to_owned(),
        job_title: Some("Two".to_owned()),
        groups: [group.to_owned()].into(),
    };
    Record {
        promised: Some(logs.iter().flat_map(|(_, log)| log.iter().map(Logged::says)).collect()),
        endpoints: logs.iter().map(|(environment, log)| endpoint(environment, log)).collect(),
        topic: Some(logs.iter().map(|(_, log)| log.iter().map(message).collect()).collect()),
        people: [(place("one", "ada"), person("ada", "crew")), (place("other", "eve"), person("eve", "gang"))].into(),
        groups: [("one", "crew"), ("other", "gang")].map(|(of, name)| (place(of, name), name.to_owned())).into(),
        times: Some(Times { lived: (1_000, 9_000), born: vec![("events".to_owned(), 1_000, 9_000)] }),
        log: logs.into_iter().map(|(environment, log)| (environment.to_owned(), log)).collect(),
        clocks_differ: false,
        still_ms: LONGEST_MS,
    }
}

/// What the checker says when this is done to a sound record: each expected invariant at least once, and no other.
fn planted(what: &str, plant: impl Fn(&mut Record), expected: &[&str]) {
    let mut record = sound();
    plant(&mut record);
    let finding = check(&record);
    let broken: BTreeSet<_> = finding.violations.iter().map(|violation| violation.invariant).collect();
    assert_eq!(broken, expected.iter().copied().collect(), "{what}: {:#?}", finding.violations);
}

#[test]
fn positions_have_no_gaps() {
    planted("a gap", |record| log(record).last_mut().unwrap().position += 1, &["I1"]);
    planted("twice", |record| log(record)[4].position -= 1, &["I1"]);
}

#[test]
fn without_a_memory_the_rest_is_checked() {
    planted("nothing", |record| record.promised = None, &[]);
    planted(
        "a swap",
        |record| {
            record.promised = None;
            record.endpoints[0].arrivals.swap(0, 5);
        },
        &["I2"],
    );
}

fn log(record: &mut Record) -> &mut Vec<Logged> {
    record.log.get_mut("one").unwrap()
}

fn promised(record: &mut Record) -> &mut Vec<String> {
    record.promised.as_mut().unwrap()
}

fn ada(record: &mut Record) -> &mut Person {
    record.people.get_mut(&place("one", "ada")).unwrap()
}

fn topic(record: &mut Record) -> &mut Vec<Message> {
    &mut record.topic.as_mut().unwrap()[0]
}

#[test]
fn a_sound_record_is_found_sound() {
    planted("nothing", |_| {}, &[]);
    planted("without a topic", |record| record.topic = None, &[]);
}

#[test]
fn losses_are_found() {
    planted(
        "a promised write",
        |record| promised(record).push(says("dsync.user.created", Some("zoe"), None, None)),
        &["I1"],
    );
    planted("an event of the topic", |record| drop(topic(record).remove(3)), &["I5"]);
    planted("the last event of the topic", |record| drop(topic(record).pop()), &["I5"]);
    planted("an arrival", |record| drop(record.endpoints[0].arrivals.remove(2)), &["I6"]);
    planted("a person of the API", |record| drop(record.people.remove(&place("one", "ada"))), &["I3"]);
    planted("a group of the API", |record| record.groups.clear(), &["I3"]);
    planted("a membership of the API", |record| ada(record).groups.clear(), &["I3"]);
    let gap = |record: &mut Record| {
        let event = log(record).remove(5);
        log(record)[5..].iter_mut().for_each(|event| event.position -= 1);
        promised(record).retain(|says| *says != event.says());
        record.endpoints[0].arrivals.retain(|arrival| arrival.event != event.id);
        topic(record).retain(|message| message.event != event.id);
        ada(record).job_title = Some("One".to_owned());
    };
    planted("an event of the log, without a trace but its number", gap, &["I1"]);
}

#[test]
fn ghosts_are_found() {
    planted("an event without its write", |record| drop(promised(record).remove(0)), &["I1"]);
    planted(
        "a write that was done twice",
        |record| {
            let mut again = log(record)[5].clone();
            (again.id, again.position) = ("org_1/18".to_owned(), 9);
            (again.previous, again.sequence, again.version) = (16, 18, 18);
            topic(record).push(message(&again));
            let arrival = Arrival { event: again.id.clone(), verified: true, stale: false, body: again.body.clone() };
            record.endpoints[0].arrivals.push(arrival);
            log(record).push(again);
        },
        &["I1"],
    );
    planted(
        "an arrival that no log holds",
        |record| {
            let ghost = Arrival { event: "event_0".to_owned(), verified: true, stale: false, body: String::new() };
            record.endpoints[0].arrivals.push(ghost);
        },
        &["I4"],
    );
    planted(
        "a message that no log holds",
        |record| {
            let ghost = Message { event: "event_0".to_owned(), ..topic(record)[0].clone() };
            topic(record).push(ghost);
        },
        &["I5"],
    );
    planted(
        "a stream that no log holds",
        |record| {
            let ghost = Message { key: "org_0".to_owned(), event: "event_0".to_owned(), ..topic(record)[0].clone() };
            topic(record).push(ghost);
        },
        &["I5"],
    );
    planted(
        "a person that no event tells of",
        |record| drop(record.people.insert(place("one", "zoe"), Person::default())),
        &["I3"],
    );
}

#[test]
fn swaps_are_found() {
    planted("two arrivals of a user", |record| record.endpoints[0].arrivals.swap(0, 5), &["I2"]);
    planted("a pair's removal before its addition", |record| record.endpoints[0].arrivals.swap(4, 6), &["I2"]);
    planted(
        "a membership after its user was deleted",
        |record| {
            let arrivals = &mut record.endpoints[0].arrivals;
            let (added, removed) = (arrivals.remove(4), arrivals.remove(5));
            arrivals.extend([added, removed]);
        },
        &["I2"],
    );
    planted("two users, which have no order", |record| record.endpoints[0].arrivals.swap(0, 2), &[]);
    planted("two messages", |record| topic(record).swap(0, 2), &["I5"]);
    planted("two events of the log", |record| log(record).swap(0, 2), &["I1", "I5"]);
}

#[test]
fn a_membership_before_those_whom_it_joins_is_found() {
    let early = |record: &mut Record| {
        let added = record.endpoints[0].arrivals.remove(3);
        record.endpoints[0].arrivals.insert(1, added);
    };
    planted("before its group", early, &["I2"]);
    planted("before its user", |record| record.endpoints[0].arrivals.swap(2, 4), &["I2"]);
}

#[test]
fn wrong_times_are_found() {
    let born = |first, last| {
        move |record: &mut Record| {
            let times = record.times.as_mut().unwrap();
            times.born = vec![("users".to_owned(), times.lived.0 + first, times.lived.1 + last)];
        }
    };
    planted("at the limits", born(-SLACK_MS, SLACK_MS), &[]);
    planted("too early", born(-SLACK_MS - 1, 0), &["time"]);
    planted("too late", born(0, SLACK_MS + 1), &["time"]);
}

#[test]
fn leaks_are_found() {
    planted(
        "a person in another tenant's directory",
        |record| {
            let ada = ada(record).clone();
            record.people.insert(place("other", "ada"), ada);
        },
        &["I3"],
    );
    planted(
        "to another tenant's endpoint",
        |record| {
            let leaked = record.endpoints[1].arrivals[0].clone();
            record.endpoints[0].arrivals.push(leaked);
        },
        &["I4"],
    );
    planted("under another secret", |record| record.endpoints[0].arrivals[0].verified = false, &["I4"]);
    planted("under an old signature", |record| record.endpoints[0].arrivals[0].stale = true, &["I4"]);
    planted("with another body", |record| record.endpoints[0].arrivals[0].body.push(' '), &["I4"]);
    planted(
        "what was not asked for",
        |record| {
            record.endpoints[0].subscribed.remove("dsync.user.created");
        },
        &["I4"],
    );
    planted(
        "a stream in two partitions",
        |record| {
            let strays = topic(record).split_off(4);
            record.topic.as_mut().unwrap()[1].extend(strays);
        },
        &["I5"],
    );
    planted("a message with another body", |record| topic(record)[1].body.push(' '), &["I5"]);
}

#[test]
fn lateness_is_found() {
    planted("at the limit", |record| record.still_ms = LONGEST_MS, &[]);
    planted("past it", |record| record.still_ms = LONGEST_MS + 1, &["I6"]);
}

#[test]
fn repeats_are_counted_and_no_violation() {
    let mut record = sound();
    let again = record.endpoints[0].arrivals[0].clone();
    record.endpoints[0].arrivals.extend([again.clone(), again]);
    let first = topic(&mut record)[0].clone();
    topic(&mut record).push(first);
    let finding = check(&record);
    assert_eq!((finding.violations, finding.repeated_arrivals, finding.repeated_messages), (vec![], 2, 1));
}

#[test]
fn what_was_superseded_need_not_arrive() {
    let superseded = |at: usize| {
        move |record: &mut Record| {
            let gone = record.endpoints[0].arrivals.remove(at);
            record.endpoints[0].superseded.insert(gone.event);
        }
    };
    planted("a membership before its user was deleted", superseded(4), &[]);
    planted("a user before it was deleted", superseded(2), &[]);
    planted("a group that nobody deleted", superseded(1), &["I6"]);
    planted("a revocation", superseded(7), &["I6"]);
    let by_what_never_came = |record: &mut Record| {
        superseded(4)(record);
        record.endpoints[0].arrivals.truncate(5);
    };
    planted("by what never came", by_what_never_came, &["I6"]);
}
