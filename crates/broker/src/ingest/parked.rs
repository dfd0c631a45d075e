//! References to somebody who is not there yet (N22): they wait, and are applied when a user comes with that external id.
//!
//! A value is one of our ids, else an external id, never a user name. While nobody waits in a directory (its counter says so),
//! nothing is read for this.

use std::collections::BTreeSet;

use model::id::{DirectoryId, GroupId, UserId};
use model::resource::{Parked, Referrer, User};
use model::tenant::Directory;
use scim::Reference;
use scim::limits::MAX_NAME_BYTES;

use super::working::{Stop, Working};
use super::writer::MAX_BATCH;
use super::{members, users};

/// How many references may wait for one group: as many as a request may bring.
pub const MAX_PARKED: usize = scim::limits::MAX_REFERENCES;
/// How many references one write of a user applies; the rest waits for the next write of that user.
pub const MAX_ARRIVING: usize = 10_000;
/// Of users who share an external id so many are read: a batch may change or delete [`MAX_BATCH`], and two are too many to say
/// who is meant.
pub(crate) const MAX_NAMESAKES: usize = MAX_BATCH + 2;

/// Whether a user may ever come who is meant by this.
pub(crate) fn can_wait(reference: &Reference) -> bool {
    let is_group = reference.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
    !is_group && can_be_awaited(&reference.value)
}

fn can_be_awaited(value: &str) -> bool {
    !value.trim().is_empty() && value.len() <= MAX_NAME_BYTES && value.parse::<GroupId>().is_err()
}

impl Working<'_> {
    /// Whom a reference means: the user with this id, else those with this external id, in order.
    pub(crate) fn named(&mut self, directory: &Directory, value: &str) -> Result<Vec<UserId>, Stop> {
        if let Ok(id) = value.parse()
            && self.user_exists(directory, id).ok_or(Stop::Missing)?
        {
            return Ok(vec![id]);
        }
        let key = (directory.id, value.to_owned());
        let Some(before) = self.loaded.external_ids.get(&key) else {
            self.missing.external_ids.insert(key);
            return Err(Stop::Missing);
        };
        let mut named = before.clone();
        for ((of, id), now) in self.users.changed() {
            if *of == directory.id {
                let document = now.and_then(|user| user.document.as_ref());
                let has = document.is_some_and(|document| document.external_id.as_deref() == Some(value));
                if has {
                    named.insert(*id)
                } else {
                    named.remove(id)
                };
            }
        }
        Ok(named.into_iter().collect())
    }

    /// [`Working::named`], if that is one person.
    pub(crate) fn one_named(&mut self, directory: &Directory, value: &str) -> Result<Option<UserId>, Stop> {
        let named = self.named(directory, value)?;
        Ok(if let [one] = named[..] { Some(one) } else { None })
    }

    fn nobody_waits(&self, directory: &Directory) -> bool {
        self.directories.get(&directory.id).is_none_or(|directory| directory.counters.parked == 0)
    }

    /// Whether this reference waits.
    pub(crate) fn is_parked(&mut self, directory: &Directory, referrer: Referrer, value: &str) -> Result<bool, Stop> {
        if self.nobody_waits(directory) || self.is_new(referrer) {
            return Ok(self.parked.find(&(referrer, value.to_owned())).is_some());
        }
        let key = (referrer, value.to_owned());
        match self.parked.get(&key) {
            Some(found) => Ok(found.is_some()),
            None if self.loaded.whole_referrers.contains_key(&referrer) => Ok(false),
            None => {
                self.missing.parked.insert(key);
                Err(Stop::Missing)
            }
        }
    }

    /// All that waits for this referrer.
    pub(crate) fn parked_of(&mut self, directory: &Directory, referrer: Referrer) -> Result<BTreeSet<String>, Stop> {
        let mut values = match self.loaded.whole_referrers.get(&referrer) {
            Some(before) => before.clone(),
            None if self.nobody_waits(directory) || self.is_new(referrer) => BTreeSet::new(),
            None => {
                self.missing.whole_referrers.insert(referrer);
                return Err(Stop::Missing);
            }
        };
        for ((of, value), now) in self.parked.changed() {
            if *of == referrer {
                if now.is_some() {
                    values.insert(value.clone())
                } else {
                    values.remove(value)
                };
            }
        }
        Ok(values)
    }

    /// How many references of this referrer wait.
    pub(crate) fn count_parked(&mut self, directory: &Directory, referrer: Referrer) -> Result<usize, Stop> {
        let before = match self.loaded.counted.get(&referrer) {
            Some(before) => *before,
            None if self.nobody_waits(directory) => return Ok(0),
            None if self.is_new(referrer) => 0,
            None => {
                self.missing.counted.insert(referrer);
                return Err(Stop::Missing);
            }
        };
        let grown = self.parked_by.get(&referrer).copied().unwrap_or_default();
        Ok(usize::try_from(before + grown).unwrap_or_default())
    }

    /// Who waits for this value, the oldest first, up to [`MAX_ARRIVING`].
    fn waiting_for(&mut self, directory: &Directory, value: &str) -> Result<Vec<Referrer>, Stop> {
        if self.nobody_waits(directory) {
            return Ok(Vec::new());
        }
        let key = (directory.id, value.to_owned());
        let Some(before) = self.loaded.awaited.get(&key) else {
            self.missing.awaited.insert(key);
            return Err(Stop::Missing);
        };
        let mut waiting = before.clone();
        for ((referrer, of), now) in self.parked.changed() {
            if of == value {
                match now {
                    Some(parked) if parked.directory_id == directory.id => drop(waiting.insert(parked.id, *referrer)),
                    Some(_) => {}
                    None => waiting.retain(|_, gone| gone != referrer),
                }
            }
        }
        Ok(waiting.into_values().take(MAX_ARRIVING).collect())
    }

    /// Lets a reference wait that does not.
    pub(crate) fn park(&mut self, directory: &Directory, referrer: Referrer, value: String) {
        let parked = Parked {
            id: self.new_id(),
            environment_id: directory.environment_id,
            directory_id: directory.id,
            referrer,
            value: value.clone(),
            created_at: self.now,
        };
        self.parked.put((referrer, value), parked);
        self.count_waiting(directory.id, referrer, 1);
    }

    /// Lets go of a reference that waits.
    pub(crate) fn unpark(&mut self, directory: &Directory, referrer: Referrer, value: String) {
        self.parked.remove((referrer, value));
        self.count_waiting(directory.id, referrer, -1);
    }

    /// The referrer goes: so does what waits for it.
    pub(crate) fn unpark_all(&mut self, directory: &Directory, referrer: Referrer) -> Result<(), Stop> {
        let count = self.count_parked(directory, referrer)?;
        if count == 0 {
            return Ok(());
        }
        let known: Vec<_> =
            self.parked.iter().filter(|((of, _), _)| *of == referrer).map(|(key, _)| key.clone()).collect();
        known.into_iter().for_each(|key| self.parked.remove(key));
        self.unparked.insert(referrer);
        self.count_waiting(directory.id, referrer, -i64::try_from(count).unwrap_or_default());
        Ok(())
    }

    fn count_waiting(&mut self, directory: DirectoryId, referrer: Referrer, by: i64) {
        *self.parked_by.entry(referrer).or_default() += by;
        if let Some(directory) = self.directories.get_mut(&directory) {
            directory.counters.parked += by;
        }
    }

    /// Made in this batch: all that waits for it is known.
    fn is_new(&self, referrer: Referrer) -> bool {
        match referrer {
            Referrer::Group(group) => self.new_groups.contains(&group),
            Referrer::User(user) => self.new_users.contains(&user),
        }
    }
}

/// Applies what waits for this user; the user as it is then.
pub(super) fn arrive(working: &mut Working<'_>, directory: &Directory, user: User) -> Result<User, Stop> {
    let external_id = user.document.as_ref().and_then(|document| document.external_id.clone());
    let Some(external_id) = external_id else { return Ok(user) };
    let waiting = working.waiting_for(directory, &external_id)?;
    if waiting.is_empty() || working.one_named(directory, &external_id)? != Some(user.id) {
        return Ok(user);
    }
    foresee(working, directory, user.id, &waiting)?;
    for referrer in waiting {
        match referrer {
            Referrer::Group(group) => join(working, directory, (group, user.id), external_id.clone())?,
            Referrer::User(employee) => users::look_again(working, directory, employee)?,
        }
    }
    Ok(working.users.find(&(directory.id, user.id)).cloned().unwrap_or(user))
}

/// Asks for all that is needed before anything stops for it.
fn foresee(working: &mut Working<'_>, directory: &Directory, user: UserId, waiting: &[Referrer]) -> Result<(), Stop> {
    let mut incomplete = false;
    for referrer in waiting {
        incomplete |= match *referrer {
            Referrer::Group(group) => {
                let unknown = working.group(directory.id, group).is_err();
                working.is_member(group, user).is_none() || unknown
            }
            Referrer::User(employee) => {
                let unknown = working.user(directory.id, employee).is_err();
                working.parked_of(directory, *referrer).is_err() || unknown
            }
        };
    }
    if incomplete { Err(Stop::Missing) } else { Ok(()) }
}

fn join(
    working: &mut Working<'_>,
    directory: &Directory,
    (group, user): (GroupId, UserId),
    external_id: String,
) -> Result<(), Stop> {
    working.unpark(directory, Referrer::Group(group), external_id);
    let joins = working.is_member(group, user) == Some(false);
    if let Some(group) = working.group(directory.id, group)?.filter(|_| joins) {
        members::join(working, directory, group, user)?;
    }
    Ok(())
}

/// What waits for a user's manager: nothing else than this, from now on.
pub(super) fn await_manager(
    working: &mut Working<'_>,
    directory: &Directory,
    user: UserId,
    before: &BTreeSet<String>,
    manager: Option<String>,
) {
    let manager = manager.filter(|value| can_be_awaited(value));
    let referrer = Referrer::User(user);
    for gone in before.iter().filter(|value| Some(*value) != manager.as_ref()) {
        working.unpark(directory, referrer, gone.clone());
    }
    if let Some(value) = manager.filter(|value| !before.contains(value)) {
        working.park(directory, referrer, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_a_group_or_for_what_no_external_id_can_be() {
        let waits = |value: &str| can_wait(&Reference::new(value));
        assert!(waits("ext-1") && waits(&"x".repeat(MAX_NAME_BYTES)));
        assert!(!waits("") && !waits(" ") && !waits(&"x".repeat(MAX_NAME_BYTES + 1)));
        assert!(!waits("directory_group_01HF7YAT00Z2RAY2RMT8R4QZ7A"));
        assert!(!can_wait(&Reference { kind: Some("Group".to_owned()), ..Reference::new("ext-1") }));
    }
}
