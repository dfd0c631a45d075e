//! Users: create, replace, patch, delete.

use std::collections::BTreeSet;

use model::derive::{self, Identity};
use model::diff::{Change, View, diff, halfway};
use model::event::{EventType, Subject};
use model::id::UserId;
use model::person::{Email, Person};
use model::resource::{Referrer, User, UserDocument, UserView};
use model::tenant::Directory;
use model::view::{DirectoryUser, Updated, UserState};
use model::{Deviation, case_key};
use scim::{Document, Parsed, Patch, schema::USER};
use serde_json::value::RawValue;

use super::parked::{arrive, await_manager};
use super::request::{Answer, Refusal, UserAnswer};
use super::working::{Stop, Working};

pub(crate) fn create(working: &mut Working<'_>, directory: &Directory, parsed: &Parsed) -> Result<Answer, Stop> {
    let mut document = parsed.document.clone();
    document.fill_defaults(&USER, None);
    let user = settle(working, directory, None, &document)?;
    let user = arrive(working, directory, user)?;
    Ok(answer(user, document, normalize::deviations(&parsed.departures)))
}

pub(crate) fn replace(
    working: &mut Working<'_>,
    directory: &Directory,
    id: UserId,
    parsed: &Parsed,
) -> Result<Answer, Stop> {
    let (user, before) = get(working, directory, id)?;
    let mut document = parsed.document.clone();
    document.fill_defaults(&USER, Some(&before));
    change(working, directory, (user, &before), document, normalize::deviations(&parsed.departures))
}

pub(crate) fn patch(
    working: &mut Working<'_>,
    directory: &Directory,
    id: UserId,
    patch: &Patch,
) -> Result<Answer, Stop> {
    let (user, before) = get(working, directory, id)?;
    let applied = patch.apply(&before)?;
    change(working, directory, (user, &before), applied.document, normalize::deviations(&applied.departures))
}

pub(crate) fn delete(working: &mut Working<'_>, directory: &Directory, id: UserId) -> Result<Answer, Stop> {
    let (user, _) = get(working, directory, id)?;
    working.unpark_all(directory, Referrer::User(id))?;
    let version = working.advance(directory)?;
    if let Some(view) = &user.view {
        let data = raw(&view.json)?;
        working.record(directory, EventType::UserDeleted, Subject::User(directory.id, id), true, &data)?;
    }
    if let Some(document) = &user.document {
        working.user_names.remove((directory.id, document.user_name_key.clone()));
    }
    working.leave_groups(directory, id, version);
    count(working, directory, Some(&user), None);
    working.users.remove((directory.id, id));
    Ok(Answer::Deleted)
}

/// The user and its document; 404 if there is none.
fn get(working: &mut Working<'_>, directory: &Directory, id: UserId) -> Result<(User, Document), Stop> {
    let user = working.user(directory.id, id)?.ok_or_else(|| not_found(id))?;
    let json = user.document.as_ref().map_or("{}", |document| &document.json);
    let document = serde_json::from_str(json).map_err(|_| Stop::Refused(Refusal::Unavailable))?;
    Ok((user, document))
}

fn not_found(id: UserId) -> Stop {
    scim::Error::not_found(format!("User {id} does not exist")).into()
}

/// The same state again is a success without an event (N30).
fn change(
    working: &mut Working<'_>,
    directory: &Directory,
    (user, before): (User, &Document),
    document: Document,
    deviations: Vec<Deviation>,
) -> Result<Answer, Stop> {
    let user = if *before == document { user } else { settle(working, directory, Some(&user), &document)? };
    let user = arrive(working, directory, user)?;
    Ok(answer(user, document, deviations))
}

fn answer(user: User, document: Document, deviations: Vec<Deviation>) -> Answer {
    Answer::User(Box::new(UserAnswer { user, document, deviations }))
}

/// Gives a user, new or old, this document; moves the view and tells what changed in it.
fn settle(
    working: &mut Working<'_>,
    directory: &Directory,
    before: Option<&User>,
    document: &Document,
) -> Result<User, Stop> {
    let mut person = normalize::person(document);
    let user_name_key = case_key(&person.user_name);
    let taken = working.user_named(directory.id, &user_name_key);
    let manager = resolve_manager(working, directory, &mut person);
    let awaited = before.map(|user| working.parked_of(directory, Referrer::User(user.id))).transpose();
    if taken?.is_some_and(|owner| Some(owner) != before.map(|user| user.id)) {
        return Err(scim::Error::uniqueness("userName").into());
    }
    let (manager, awaited) = (manager?, awaited?.unwrap_or_default());
    let version = working.advance(directory)?;
    let mut user = before.cloned().unwrap_or_else(|| blank(working, directory));
    await_manager(working, directory, user.id, &awaited, manager);
    user.version = version;
    user.updated_at = working.now;
    user.document = Some(UserDocument {
        json: stored(document)?,
        user_name_key,
        display_name_key: person.display_name.as_deref().map(case_key),
        external_id: person.external_id.clone(),
        mail_keys: mail_keys(&person.emails),
        active: person.active,
    });
    tell(working, directory, &mut user, person)?;
    working.put_user(directory, before, user.clone());
    count(working, directory, before, Some(&user));
    Ok(user)
}

/// What a filter by e-mail address is narrowed by.
fn mail_keys(emails: &[Email]) -> Vec<String> {
    let keys: BTreeSet<_> = emails.iter().filter_map(|email| email.value.as_deref()).map(case_key).collect();
    keys.into_iter().collect()
}

fn blank(working: &mut Working<'_>, directory: &Directory) -> User {
    let id = working.new_id();
    working.new_users.insert(id);
    User {
        id,
        environment_id: directory.environment_id,
        directory_id: directory.id,
        version: 0,
        created_at: working.now,
        updated_at: working.now,
        document: None,
        view: None,
    }
}

/// Moves the view to what the document says now, and records the difference.
fn tell(working: &mut Working<'_>, directory: &Directory, user: &mut User, person: Person) -> Result<(), Stop> {
    let identity = Identity {
        id: user.id,
        directory_id: directory.id,
        organization_id: directory.organization_id,
        created_at: user.created_at,
        updated_at: working.now,
    };
    let told: Option<DirectoryUser> = user.view.as_ref().map(|told| read(&told.json)).transpose()?;
    let view = derive::user(person, identity, told.as_ref().map(|told| told.idp_id.as_str()));
    let json = wire(&view)?;
    // What is told is the text: 1.0 and 1 are one number there, and no news.
    let view = if told.is_some() { read(&json)? } else { view };
    match &told {
        None => {
            working.record(directory, EventType::UserCreated, Subject::User(directory.id, user.id), false, &view)?;
        }
        Some(told) => match halfway(told, &view) {
            None if !updated(working, directory, told, &view)? => return Ok(()),
            None => {}
            Some(halfway) => {
                updated(working, directory, told, &halfway)?;
                user.version = working.advance(directory)?;
                updated(working, directory, &halfway, &view)?;
            }
        },
    }
    user.view =
        Some(UserView { json, email_key: view.email.as_deref().map(case_key), state: view.state, idp_id: view.idp_id });
    Ok(())
}

/// Tells what changed, if anything did.
fn updated(
    working: &mut Working<'_>,
    directory: &Directory,
    told: &DirectoryUser,
    now: &DirectoryUser,
) -> Result<bool, Stop> {
    let Some(Change::Updated(previous_attributes)) = diff(Some(told), Some(now)) else { return Ok(false) };
    let data = Updated { view: now, previous_attributes };
    let subject = Subject::User(directory.id, now.id);
    working.record(directory, EventType::UserUpdated, subject, told.revoked_by(now), &data)?;
    Ok(true)
}

/// Fills what the directory knows of a manager who is one of its users; else the manager who is waited for.
fn resolve_manager(
    working: &mut Working<'_>,
    directory: &Directory,
    person: &mut Person,
) -> Result<Option<String>, Stop> {
    let Some(manager) = &mut person.manager else { return Ok(None) };
    let Some(id) = working.one_named(directory, &manager.value)? else { return Ok(Some(manager.value.clone())) };
    let Some(view) = working.user(directory.id, id)?.and_then(|user| user.view) else { return Ok(None) };
    let view: DirectoryUser = read(&view.json)?;
    manager.value = id.to_string();
    manager.email = view.email;
    manager.display_name = manager.display_name.take().or(view.custom_attributes.display_name).or(view.name);
    Ok(None)
}

/// Tells what has become of a user whose manager has come.
pub(super) fn look_again(working: &mut Working<'_>, directory: &Directory, id: UserId) -> Result<(), Stop> {
    let (user, document) = get(working, directory, id)?;
    settle(working, directory, Some(&user), &document).map(drop)
}

/// Moves the directory's counters of both faces.
fn count(working: &mut Working<'_>, directory: &Directory, before: Option<&User>, after: Option<&User>) {
    let Some(directory) = working.directories.get_mut(&directory.id) else { return };
    let counters = &mut directory.counters;
    for (user, by) in [(before, -1), (after, 1)] {
        let Some(user) = user else { continue };
        counters.documents_users += if user.document.is_some() { by } else { 0 };
        match user.view.as_ref().map(|view| view.state) {
            Some(UserState::Active) => counters.views_users_active += by,
            Some(UserState::Inactive) => counters.views_users_inactive += by,
            None => {}
        }
    }
}

impl Working<'_> {
    /// Puts the row, and its name in the place of the one it had.
    fn put_user(&mut self, directory: &Directory, before: Option<&User>, user: User) {
        let name = |user: &User| user.document.as_ref().map(|document| document.user_name_key.clone());
        if let Some(old) = before.and_then(name) {
            self.user_names.remove((directory.id, old));
        }
        if let Some(new) = name(&user) {
            self.user_names.put((directory.id, new), user.id);
        }
        self.users.put((directory.id, user.id), user);
    }
}

/// Text of a document as it is kept: its numbers as they were written (N28), which JavaScript would not print.
pub(crate) fn stored(document: &Document) -> Result<String, Stop> {
    serde_json::to_string(document).map_err(|_| Stop::Refused(Refusal::Unavailable))
}

/// Text of a view, as it is kept and sent.
pub(crate) fn wire(value: &impl serde::Serialize) -> Result<String, Stop> {
    model::json::to_wire(value).map_err(|_| Stop::Refused(Refusal::Unavailable))
}

pub(crate) fn read<'a, T: serde::Deserialize<'a>>(json: &'a str) -> Result<T, Stop> {
    serde_json::from_str(json).map_err(|_| Stop::Refused(Refusal::Unavailable))
}

/// A stored view inside an event.
pub(crate) fn raw(json: &str) -> Result<&RawValue, Stop> {
    read(json)
}
