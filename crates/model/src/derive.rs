//! Canonical nouns → public views. Pure: the same code serves live writes, previews and property tests.

use crate::id::{DirectoryId, GroupId, OrganizationId, UserId};
use crate::person::{Email, Manager, Person, Team};
use crate::time::Timestamp;
use crate::view::{Custom, DirectoryGroup, DirectoryUser, ObjectTag, UserState};

/// What a view knows beyond its document.
#[derive(Debug, Clone, Copy)]
pub struct Identity<I> {
    pub id: I,
    pub directory_id: DirectoryId,
    pub organization_id: OrganizationId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The public user of a person.
///
/// `idp_id` is the external id, else the one that was `told` before, else the user name (the API requires one): an identity sticks
/// when it is renamed (`workos-contract.md` 8.4). `name` prefers given and family name over
/// `name.formatted`, which Okta sends back stale (quirk `okta-stale-formatted`).
pub fn user(person: Person, identity: Identity<UserId>, told: Option<&str>) -> DirectoryUser {
    DirectoryUser {
        object: ObjectTag::default(),
        id: identity.id,
        directory_id: identity.directory_id,
        organization_id: identity.organization_id,
        idp_id: idp_id(person.external_id.clone(), told, &person.user_name),
        email: person.primary_email.clone(),
        first_name: person.given_name.clone(),
        last_name: person.family_name.clone(),
        name: full_name(&person),
        emails: person.emails.clone(),
        job_title: person.job_title.clone(),
        username: Some(person.user_name.clone()),
        state: if person.active { UserState::Active } else { UserState::Inactive },
        custom_attributes: custom(&person),
        raw_attributes: person.raw,
        created_at: identity.created_at,
        updated_at: identity.updated_at,
    }
}

/// The public group of a team. `idp_id` is found as for [`user`], with the name last.
pub fn group(team: Team, identity: Identity<GroupId>, told: Option<&str>) -> DirectoryGroup {
    DirectoryGroup {
        object: ObjectTag::default(),
        id: identity.id,
        idp_id: idp_id(team.external_id, told, &team.display_name),
        directory_id: identity.directory_id,
        organization_id: identity.organization_id,
        name: team.display_name,
        raw_attributes: team.raw,
        created_at: identity.created_at,
        updated_at: identity.updated_at,
    }
}

fn idp_id(external_id: Option<String>, told: Option<&str>, name: &str) -> String {
    external_id.unwrap_or_else(|| told.unwrap_or(name).to_owned())
}

fn full_name(person: &Person) -> Option<String> {
    match (&person.given_name, &person.family_name) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        (given, family) => {
            let rest = [&person.formatted_name, &person.display_name, given, family];
            rest.into_iter().find_map(Clone::clone)
        }
    }
}

fn custom(person: &Person) -> Custom {
    let manager = person.manager.as_ref();
    let of_manager = |pick: fn(&Manager) -> Option<String>| manager.and_then(pick);
    Custom {
        addresses: (!person.addresses.is_empty()).then(|| person.addresses.clone()),
        cost_center_name: person.cost_center.clone(),
        department_name: person.department.clone(),
        display_name: person.display_name.clone(),
        division_name: person.division.clone(),
        emails: emails(&person.emails),
        employee_number: person.employee_number.clone(),
        employee_type: person.employee_type.clone(),
        employment_start_date: person.employment_start_date.clone(),
        job_title: person.job_title.clone(),
        manager_email: of_manager(|manager| manager.email.clone()),
        manager_id: of_manager(|manager| Some(manager.value.clone())),
        manager_name: of_manager(|manager| manager.display_name.clone()),
        organization: person.organization.clone(),
        username: Some(person.user_name.clone()),
    }
}

fn emails(emails: &[Email]) -> Option<Vec<Email>> {
    (!emails.is_empty()).then(|| emails.to_vec())
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::id::Id;

    #[test]
    fn an_identity_sticks_across_a_rename() {
        let nobody = Ulid(1);
        let identity = Identity {
            id: Id::from_ulid(nobody),
            directory_id: Id::from_ulid(nobody),
            organization_id: Id::from_ulid(nobody),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        let check = |external_id: Option<&str>, told: Option<&str>, expected: &str| {
            let external_id = external_id.map(str::to_owned);
            let team = Team { display_name: "New".to_owned(), external_id, ..Team::default() };
            assert_eq!(group(team, identity, told).idp_id, expected);
        };
        check(None, None, "New");
        check(None, Some("Old"), "Old");
        check(Some("17"), Some("Old"), "17");
        check(Some("17"), None, "17");
    }
}
