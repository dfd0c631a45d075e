//! Groups: create, replace, patch, delete.

use model::case_key;
use model::derive::{self, Identity};
use model::diff::{Change, diff};
use model::event::{EventType, Subject};
use model::id::{GroupId, UserId};
use model::person::Team;
use model::resource::{Group, GroupDocument, Referrer};
use model::settings::OmittedMembers;
use model::tenant::Directory;
use model::view::{DirectoryGroup, Updated};
use normalize::Repair;
use scim::{Departure, Document, Parsed, Patch, Reference, schema::GROUP};

use super::left_over;
use super::members::{self, MAX_TOLD_IN_PIECES, check_bytes};
use super::request::{Answer, GroupAnswer, Refusal, Unknown};
use super::roster::{Changes, Wanted, resolve};
use super::users::{raw, read, stored, wire};
use super::working::{Stop, Working};
use super::writer::MAX_ROWS_TOGETHER;

pub(crate) fn create(working: &mut Working<'_>, directory: &Directory, parsed: &Parsed) -> Result<Answer, Stop> {
    let mut document = parsed.document.clone();
    document.fill_defaults(&GROUP, None);
    let changes = resolve(working, directory, None, Wanted::Exactly(listed(parsed)));
    check_name(working, directory, None, &document)?;
    let changes = changes?;
    check_told(working, directory, &document, &changes)?;
    let mut group = settle(working, directory, None, &document)?;
    working.new_groups.insert(group.id);
    let members = everybody(working, group.id, &changes)?;
    let unknown = apply_members(working, directory, &mut group, changes)?;
    Ok(answer((group, document), Some(members), &parsed.departures, unknown))
}

pub(crate) fn replace(
    working: &mut Working<'_>,
    directory: &Directory,
    id: GroupId,
    parsed: &Parsed,
) -> Result<Answer, Stop> {
    let (group, before) = get(working, directory, id)?;
    let mut document = parsed.document.clone();
    document.fill_defaults(&GROUP, Some(&before));
    let keeps = directory.settings.effective().group_put_without_members == OmittedMembers::Keep;
    let wanted = if keeps && parsed.detached.is_none() { Wanted::After(&[]) } else { Wanted::Exactly(listed(parsed)) };
    let (group, members, unknown) = change(working, directory, (group, before), &document, wanted, true)?;
    Ok(answer((group, document), members, &parsed.departures, unknown))
}

pub(crate) fn patch(
    working: &mut Working<'_>,
    directory: &Directory,
    id: GroupId,
    patch: &Patch,
) -> Result<Answer, Stop> {
    let (group, before) = get(working, directory, id)?;
    let applied = patch.apply(&before)?;
    let wanted = Wanted::After(applied.detached);
    let (group, _, unknown) = change(working, directory, (group, before), &applied.document, wanted, false)?;
    Ok(answer((group, applied.document), None, &applied.departures, unknown))
}

pub(crate) fn delete(working: &mut Working<'_>, directory: &Directory, id: GroupId) -> Result<Answer, Stop> {
    let (group, _) = get(working, directory, id)?;
    working.unpark_all(directory, Referrer::Group(id))?;
    working.advance(directory)?;
    if let Some(view) = &group.view {
        let data = raw(view)?;
        working.record(directory, EventType::GroupDeleted, Subject::Group(directory.id, id), true, &data)?;
    }
    if let Some(document) = &group.document {
        working.group_names.remove((directory.id, document.display_name_key.clone()));
    }
    working.dissolve(id);
    count(working, directory, Some(&group), None);
    working.groups.remove((directory.id, id));
    Ok(Answer::Deleted)
}

/// The members that a body lists: none when it does not mention them.
fn listed(parsed: &Parsed) -> &[Reference] {
    parsed.detached.as_deref().unwrap_or_default()
}

/// The group and its document; 404 if there is none.
fn get(working: &mut Working<'_>, directory: &Directory, id: GroupId) -> Result<(Group, Document), Stop> {
    let not_found = || Stop::from(scim::Error::not_found(format!("Group {id} does not exist")));
    let group = working.group(directory.id, id)?.ok_or_else(not_found)?;
    let json = group.document.as_ref().map_or("{}", |document| &document.json);
    let document = serde_json::from_str(json).map_err(|_| Stop::Refused(Refusal::Unavailable))?;
    Ok((group, document))
}

/// Document first, then members: an event of a member shows the group as it is now.
fn change(
    working: &mut Working<'_>,
    directory: &Directory,
    (group, before): (Group, Document),
    document: &Document,
    wanted: Wanted<'_>,
    shows_members: bool,
) -> Result<(Group, Option<Vec<UserId>>, Unknown), Stop> {
    let changes = resolve(working, directory, Some(group.id), wanted);
    check_name(working, directory, Some(group.id), document)?;
    let changes = changes?;
    check_told(working, directory, document, &changes)?;
    let mut group = if before == *document { group } else { settle(working, directory, Some(&group), document)? };
    let members = shows_members.then(|| everybody(working, group.id, &changes)).transpose()?;
    let unknown = apply_members(working, directory, &mut group, changes)?;
    Ok((group, members, unknown))
}

/// Of what is left over the group's part is known; the users' is counted when it is written.
fn check_told(
    working: &Working<'_>,
    directory: &Directory,
    document: &Document,
    changes: &Changes,
) -> Result<(), Stop> {
    if working.alone && changes.moves.len() > MAX_ROWS_TOGETHER {
        return Ok(check_bytes(changes.moves.len() * stored(document)?.len(), MAX_TOLD_IN_PIECES)?);
    }
    members::check_told(working, directory, document, changes)
}

/// Two groups of a directory never share a name: providers look groups up by it (N30).
fn check_name(
    working: &mut Working<'_>,
    directory: &Directory,
    id: Option<GroupId>,
    document: &Document,
) -> Result<(), Stop> {
    let name = case_key(document.text("displayName").unwrap_or_default());
    let owner = working.group_named(directory.id, &name)?;
    if owner.is_some_and(|owner| Some(owner) != id) {
        return Err(scim::Error::uniqueness("displayName").into());
    }
    Ok(())
}

/// Gives a group, new or old, this document; moves the view and tells what changed in it.
fn settle(
    working: &mut Working<'_>,
    directory: &Directory,
    before: Option<&Group>,
    document: &Document,
) -> Result<Group, Stop> {
    let team = normalize::team(document);
    let version = working.advance(directory)?;
    let mut group = before.cloned().unwrap_or_else(|| blank(working, directory));
    group.version = version;
    group.updated_at = working.now;
    group.document = Some(GroupDocument {
        json: stored(document)?,
        display_name_key: case_key(&team.display_name),
        external_id: team.external_id.clone(),
    });
    tell(working, directory, &mut group, team)?;
    working.put_group(directory, before, group.clone());
    count(working, directory, before, Some(&group));
    Ok(group)
}

fn blank(working: &mut Working<'_>, directory: &Directory) -> Group {
    Group {
        id: working.new_id(),
        environment_id: directory.environment_id,
        directory_id: directory.id,
        version: 0,
        created_at: working.now,
        updated_at: working.now,
        document: None,
        view: None,
    }
}

fn tell(working: &mut Working<'_>, directory: &Directory, group: &mut Group, team: Team) -> Result<(), Stop> {
    let identity = Identity {
        id: group.id,
        directory_id: directory.id,
        organization_id: directory.organization_id,
        created_at: group.created_at,
        updated_at: working.now,
    };
    let told: Option<DirectoryGroup> = group.view.as_deref().map(read).transpose()?;
    let view = derive::group(team, identity, told.as_ref().map(|told| told.idp_id.as_str()));
    let json = wire(&view)?;
    let view = if told.is_some() { read(&json)? } else { view };
    let subject = Subject::Group(directory.id, group.id);
    match diff(told.as_ref(), Some(&view)) {
        None => return Ok(()),
        Some(Change::Updated(previous_attributes)) => {
            let data = Updated { view: &view, previous_attributes };
            working.record(directory, EventType::GroupUpdated, subject, false, &data)?;
        }
        Some(Change::Created | Change::Deleted) => {
            working.record(directory, EventType::GroupCreated, subject, false, &view)?;
        }
    }
    group.view = Some(json);
    Ok(())
}

/// A membership change moves the group's version; what waits is not shown, and does not.
fn apply_members(
    working: &mut Working<'_>,
    directory: &Directory,
    group: &mut Group,
    changes: Changes,
) -> Result<Unknown, Stop> {
    let Changes { moves, parks, unknown } = changes;
    if !parks.is_empty() {
        working.advance(directory)?;
    }
    for (value, waits) in parks {
        let referrer = Referrer::Group(group.id);
        if waits { working.park(directory, referrer, value) } else { working.unpark(directory, referrer, value) }
    }
    if moves.is_empty() {
        return Ok(unknown);
    }
    group.updated_at = working.now;
    if working.alone && moves.len() > MAX_ROWS_TOGETHER {
        group.version = left_over::leave(working, directory, group, moves)?;
    } else {
        for (user, joins) in moves {
            group.version = members::set(working, directory, group, user, joins)?;
        }
    }
    working.groups.put((directory.id, group.id), group.clone());
    Ok(unknown)
}

/// Who is in the group once that is done, in order, for the answer to a create or replace.
fn everybody(working: &mut Working<'_>, group: GroupId, changes: &Changes) -> Result<Vec<UserId>, Stop> {
    let mut members = working.members(group)?;
    for (user, joins) in &changes.moves {
        if *joins {
            members.insert(*user)
        } else {
            members.remove(user)
        };
    }
    Ok(members.into_iter().collect())
}

fn answer(
    (group, document): (Group, Document),
    members: Option<Vec<UserId>>,
    departures: &[Departure],
    unknown_members: Unknown,
) -> Answer {
    let mut deviations = normalize::deviations(departures);
    deviations.extend(unknown_members.any().then(|| Repair::UnknownMember.at("members")));
    Answer::Group(Box::new(GroupAnswer { group, document, members, deviations, unknown_members }))
}

/// Moves the directory's counters of both faces.
fn count(working: &mut Working<'_>, directory: &Directory, before: Option<&Group>, after: Option<&Group>) {
    let Some(directory) = working.directories.get_mut(&directory.id) else { return };
    for (group, by) in [(before, -1), (after, 1)] {
        let Some(group) = group else { continue };
        directory.counters.documents_groups += if group.document.is_some() { by } else { 0 };
        directory.counters.views_groups += if group.view.is_some() { by } else { 0 };
    }
}

impl Working<'_> {
    /// Puts the row, and its name in the place of the one it had.
    fn put_group(&mut self, directory: &Directory, before: Option<&Group>, group: Group) {
        let name = |group: &Group| group.document.as_ref().map(|document| document.display_name_key.clone());
        if let Some(old) = before.and_then(name) {
            self.group_names.remove((directory.id, old));
        }
        if let Some(new) = name(&group) {
            self.group_names.put((directory.id, new), group.id);
        }
        self.groups.put((directory.id, group.id), group);
    }
}
