//! Microsoft Entra ID in its default mode: capital operations, booleans as text, one operation for each attribute.
//!
//! Evidence: `quirks.md` A.1; the recording `entra-default-lifecycle`, which the tests of this crate compare it with.

mod attributes;
mod group;
mod user;

use rand::rngs::StdRng;
use serde_json::Value;

use super::scim::{equals, plus_encoded};
use super::{Expect, Member, Request, Resource, Step, Wire};
use crate::cast::{Group, Person, guid};
use crate::phase::Phase;

pub(super) struct Entra;

impl Wire for Entra {
    /// None, not even `Accept` or `User-Agent` (no trustworthy evidence of one).
    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn content_type(&self) -> &'static str {
        "application/scim+json; charset=utf-8"
    }

    /// Test connection: nobody can be called like a random GUID.
    fn probe(&self, dice: &mut StdRng) -> Vec<Step> {
        let (user, group) = (self.find_user(&guid(dice)), self.find_group(&guid(dice)));
        [user, group].map(|request| request.step(Phase::Probe, Expect::NoHit)).into()
    }

    fn find_user(&self, user_name: &str) -> Request {
        Request::get(format!("/Users?filter={}", plus_encoded(&equals("userName", user_name))))
    }

    fn create_user(&self, person: &Person) -> Request {
        user::create(person)
    }

    fn read_user(&self, id: &str) -> Request {
        user::read(id)
    }

    fn adopt_user(&self, id: &str, _read: &Value, _person: &Person) -> Vec<Step> {
        vec![user::set_active(id, true, Phase::Update)]
    }

    fn update_user(&self, id: &str, _read: &Value, before: &Person, after: &Person) -> Vec<Step> {
        user::update(id, before, after)
    }

    fn set_manager(&self, id: &str, manager_id: &str) -> Vec<Step> {
        user::set_manager(id, manager_id)
    }

    fn clear_manager(&self, id: &str) -> Vec<Step> {
        vec![user::clear_manager(id)]
    }

    fn deactivate(&self, id: &str) -> Vec<Step> {
        let readable = Expect::User { id: id.to_owned(), active: Some(false) };
        vec![user::set_active(id, false, Phase::Deactivate), user::read(id).step(Phase::Deactivate, readable)]
    }

    fn reactivate(&self, id: &str, person: &Person) -> Vec<Step> {
        vec![
            self.find_user(&person.user_name).step(Phase::Reactivate, Expect::Hit(id.to_owned())),
            user::set_active(id, true, Phase::Reactivate),
        ]
    }

    fn delete_user(&self, id: &str) -> Vec<Step> {
        user::delete(id)
    }

    fn find_group(&self, display_name: &str) -> Request {
        let filter = plus_encoded(&equals("displayName", display_name));
        Request::get(format!("/Groups?excludedAttributes=members&filter={filter}"))
    }

    /// References are written last, so members never come with the group.
    fn create_group(&self, group: &Group, _members: &[Member]) -> Request {
        group::create(group)
    }

    fn fill_group(&self, id: &str, members: &[Member]) -> Vec<Step> {
        group::fill(id, members)
    }

    fn swap_members(&self, id: &str, goes: &Member, comes: &Member) -> Vec<Step> {
        group::swap(id, goes, comes)
    }

    fn empty_group(&self, id: &str, members: &[Member]) -> Vec<Step> {
        group::empty(id, members)
    }

    fn rename_group(&self, id: &str, display_name: &str) -> Vec<Step> {
        group::rename(id, display_name)
    }

    fn delete_group(&self, id: &str) -> Vec<Step> {
        group::delete(id)
    }

    fn refusals(&self, known: &Person) -> Vec<Step> {
        vec![user::create(known).step(Phase::Refusal, Expect::Refused(409))]
    }

    /// Entra never lists: it asks for what it is about to write.
    fn import_page(&self, _resource: Resource, _start_index: u64) -> Option<Request> {
        None
    }
}
