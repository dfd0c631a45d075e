use std::collections::HashMap;

use super::session::Session;
use super::users::{User, succeeded};
use crate::cast::{Group, GroupFate};
use crate::phase::Phase;
use crate::wire::{Expect, Member, Step};

/// A group that exists on the server.
pub(super) struct Pushed<'a> {
    id: String,
    group: &'a Group,
    members: Vec<Member>,
    newcomer: Option<Member>,
}

impl Pushed<'_> {
    fn fate(&self) -> GroupFate {
        GroupFate::of(self.group.number)
    }

    fn new_name(&self) -> String {
        new_name(self.group)
    }
}

fn new_name(group: &Group) -> String {
    format!("{} West", group.display_name)
}

/// Matches every group by name and creates those that are missing.
pub(super) async fn provision<'a>(session: &Session<'_>, groups: &'a [Group], users: &[User]) -> Vec<Pushed<'a>> {
    let members: HashMap<usize, Member> = users.iter().map(|user| (user.person.number, member(user))).collect();
    let groups = groups.iter().collect();
    let pushed = session.each(Phase::Create, groups, |group| provision_one(session, group, &members)).await;
    pushed.into_iter().flatten().collect()
}

fn member(user: &User) -> Member {
    Member { id: user.id.clone(), user_name: user.person.user_name.clone() }
}

async fn provision_one<'a>(
    session: &Session<'_>,
    group: &'a Group,
    users: &HashMap<usize, Member>,
) -> Option<Pushed<'a>> {
    let members: Vec<Member> = group.members.iter().filter_map(|number| users.get(number).cloned()).collect();
    let newcomer = group.newcomer.and_then(|number| users.get(&number).cloned());
    let id = match find(session, group).await? {
        Some(id) => id,
        None => create(session, group, &members).await?,
    };
    Some(Pushed { id, group, members, newcomer })
}

/// By its name, else by the one it got in an earlier run.
async fn find(session: &Session<'_>, group: &Group) -> Option<Option<String>> {
    let mut found = session.find(session.wire.find_group(&group.display_name)).await?;
    if found.is_none() && GroupFate::of(group.number) == GroupFate::Renamed {
        found = session.find(session.wire.find_group(&new_name(group))).await?;
    }
    session.count(|tally| tally.groups.matched += u64::from(found.is_some()));
    Some(found.and_then(|hit| Some(hit["id"].as_str()?.to_owned())))
}

async fn create(session: &Session<'_>, group: &Group, members: &[Member]) -> Option<String> {
    let expect = Expect::GroupCreated { display_name: group.display_name.clone() };
    let created = session.ask(&session.wire.create_group(group, members).step(Phase::Create, expect)).await?;
    session.count(|tally| tally.groups.created += 1);
    Some(created["id"].as_str()?.to_owned())
}

pub(super) async fn fill(session: &Session<'_>, groups: &[Pushed<'_>]) {
    let scripts = groups.iter().map(|it| session.wire.fill_group(&it.id, &it.members)).collect();
    session.play_all(Phase::Members, scripts).await;
}

/// Exchanges members, empties, renames.
pub(super) async fn change(session: &Session<'_>, groups: &[Pushed<'_>]) {
    let members = session.play_all(Phase::Members, groups.iter().map(|it| exchange(session, it)).collect()).await;
    let renamed = groups.iter().filter(|it| it.fate() == GroupFate::Renamed);
    let scripts = renamed.map(|it| session.wire.rename_group(&it.id, &it.new_name())).collect();
    let renamed = session.play_all(Phase::Rename, scripts).await;
    session.count(|tally| tally.groups.changed = succeeded(members) + succeeded(renamed));
}

fn exchange(session: &Session<'_>, pushed: &Pushed<'_>) -> Vec<Step> {
    match (pushed.fate(), pushed.members.first(), &pushed.newcomer) {
        (GroupFate::Swapped, Some(goes), Some(comes)) => session.wire.swap_members(&pushed.id, goes, comes),
        (GroupFate::Emptied, Some(_), _) => session.wire.empty_group(&pushed.id, &pushed.members),
        _ => Vec::new(),
    }
}

pub(super) async fn delete(session: &Session<'_>, groups: &[Pushed<'_>]) {
    let deleted = groups.iter().filter(|it| it.fate() == GroupFate::Deleted);
    let scripts = deleted.map(|it| session.wire.delete_group(&it.id)).collect();
    let deleted = session.play_all(Phase::Delete, scripts).await;
    session.count(|tally| tally.groups.deleted = succeeded(deleted));
}
