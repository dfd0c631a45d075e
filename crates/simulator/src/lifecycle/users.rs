use std::collections::HashMap;

use serde_json::Value;

use super::session::Session;
use crate::cast::{Fate, Person};
use crate::phase::Phase;
use crate::wire::{Expect, Step};

/// Somebody who exists on the server.
pub(super) struct User {
    pub(super) id: String,
    /// As the server knows them by now.
    pub(super) person: Person,
}

impl User {
    fn fate(&self) -> Fate {
        Fate::of(self.person.number)
    }
}

/// Matches everyone by name and creates those who are missing.
pub(super) async fn provision(session: &Session<'_>, people: &[Person]) -> Vec<User> {
    let people = people.iter().collect();
    let users = session.each(Phase::Create, people, |person| provision_one(session, person)).await;
    users.into_iter().flatten().collect()
}

async fn provision_one(session: &Session<'_>, person: &Person) -> Option<User> {
    let id = match find(session, person).await? {
        Some(hit) => adopt(session, &hit, person).await?,
        None => create(session, person).await?,
    };
    Some(User { id, person: person.clone() })
}

/// By the name they have, else by the one they got in an earlier run.
async fn find(session: &Session<'_>, person: &Person) -> Option<Option<Value>> {
    let found = session.find(session.wire.find_user(&person.user_name)).await?;
    let later = person.changed().user_name;
    if found.is_some() || later == person.user_name || Fate::of(person.number) != Fate::Changes {
        return Some(found);
    }
    session.find(session.wire.find_user(&later)).await
}

async fn create(session: &Session<'_>, person: &Person) -> Option<String> {
    let expect = Expect::UserCreated { user_name: person.user_name.clone() };
    let created = session.ask(&session.wire.create_user(person).step(Phase::Create, expect)).await?;
    session.count(|tally| tally.users.created += 1);
    Some(created["id"].as_str()?.to_owned())
}

async fn adopt(session: &Session<'_>, hit: &Value, person: &Person) -> Option<String> {
    let id = hit["id"].as_str()?;
    let read = read(session, id, Phase::Match).await?;
    let adopted = session.play(session.wire.adopt_user(id, &read, person)).await;
    session.count(|tally| tally.users.matched += u64::from(adopted));
    adopted.then(|| id.to_owned())
}

async fn read(session: &Session<'_>, id: &str, phase: Phase) -> Option<Value> {
    let expect = Expect::User { id: id.to_owned(), active: None };
    session.ask(&session.wire.read_user(id).step(phase, expect)).await
}

/// New names and jobs; everyone comes back as they are now.
pub(super) async fn update(session: &Session<'_>, mut users: Vec<User>) -> Vec<User> {
    let changing = users.iter_mut().filter(|user| user.fate() == Fate::Changes).collect();
    session.each(Phase::Update, changing, |user| update_one(session, user)).await;
    users
}

async fn update_one(session: &Session<'_>, user: &mut User) {
    let Some(read) = read(session, &user.id, Phase::Update).await else { return };
    let after = user.person.changed();
    if session.play(session.wire.update_user(&user.id, &read, &user.person, &after)).await {
        session.count(|tally| tally.users.updated += 1);
        user.person = after;
    }
}

/// Managers; every tenth person loses theirs again.
pub(super) async fn refer(session: &Session<'_>, users: &[User]) {
    let ids: HashMap<usize, &str> = users.iter().map(|user| (user.person.number, user.id.as_str())).collect();
    let script = |user: &User| -> Option<Vec<Step>> {
        let mut steps = session.wire.set_manager(&user.id, ids.get(&user.person.manager?)?);
        if user.person.number % 10 == 8 {
            steps.extend(session.wire.clear_manager(&user.id));
        }
        Some(steps)
    };
    session.play_all(Phase::Reference, users.iter().filter_map(script).collect()).await;
}

/// Unassigns those who leave, assigns again those who return, purges those who are purged.
pub(super) async fn leave(session: &Session<'_>, users: &[User]) {
    let wire = session.wire;
    let all = |who: fn(Fate) -> bool, script: &dyn Fn(&User) -> Vec<Step>| {
        users.iter().filter(|user| who(user.fate())).map(script).collect::<Vec<_>>()
    };
    let gone = all(Fate::leaves, &|user| wire.deactivate(&user.id));
    let back = all(|fate| fate == Fate::Returns, &|user| wire.reactivate(&user.id, &user.person));
    let purged = all(|fate| fate == Fate::IsDeleted, &|user| wire.delete_user(&user.id));
    let gone = session.play_all(Phase::Deactivate, gone).await;
    let back = session.play_all(Phase::Reactivate, back).await;
    let purged = session.play_all(Phase::Delete, purged).await;
    session.count(|tally| {
        [tally.users.deactivated, tally.users.reactivated, tally.users.deleted] = [gone, back, purged].map(succeeded);
    });
}

pub(super) fn succeeded(results: Vec<bool>) -> u64 {
    results.into_iter().map(u64::from).sum()
}
