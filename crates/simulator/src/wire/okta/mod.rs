//! Okta's client for apps of its integration network (OIN).
//!
//! Evidence: `quirks.md` A.2; the recordings `okta-oin-lifecycle`, `okta-group-push` and `okta-import`, which the tests
//! of this crate compare it with.

mod group;
mod user;

use rand::rngs::StdRng;
use serde_json::Value;

use super::scim::percent_encoded;
use super::{Expect, Member, Request, Resource, Step, Wire};
use crate::cast::{Group, Person};
use crate::phase::Phase;

pub(super) struct Okta;

/// Rows of a page, in imports and look-ups alike.
const PAGE: u64 = 100;

impl Wire for Okta {
    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("user-agent", "Okta SCIM Client 1.0.0"),
            ("accept", "application/scim+json"),
            ("accept-charset", "utf-8"),
            ("accept-encoding", "gzip,deflate"),
            ("connection", "Keep-Alive"),
        ]
    }

    fn content_type(&self) -> &'static str {
        "application/scim+json; charset=utf-8"
    }

    fn probe(&self, _dice: &mut StdRng) -> Vec<Step> {
        let credentials = Request::get("/Users?startIndex=1&count=2".to_owned());
        [Some(credentials), self.import_page(Resource::Groups, 1)]
            .into_iter()
            .flatten()
            .map(|request| request.step(Phase::Probe, Expect::List))
            .collect()
    }

    fn find_user(&self, user_name: &str) -> Request {
        find("/Users", "userName", user_name)
    }

    fn create_user(&self, person: &Person) -> Request {
        user::create(person)
    }

    fn read_user(&self, id: &str) -> Request {
        user::read(id)
    }

    fn adopt_user(&self, id: &str, read: &Value, person: &Person) -> Vec<Step> {
        vec![user::replace(id, read, person)]
    }

    fn update_user(&self, id: &str, read: &Value, _before: &Person, after: &Person) -> Vec<Step> {
        vec![user::replace(id, read, after), user::sync_password(id, &after.password)]
    }

    /// Okta has no references between users: a manager is text in the profile.
    fn set_manager(&self, _id: &str, _manager_id: &str) -> Vec<Step> {
        Vec::new()
    }

    /// As [`Self::set_manager`].
    fn clear_manager(&self, _id: &str) -> Vec<Step> {
        Vec::new()
    }

    fn deactivate(&self, id: &str) -> Vec<Step> {
        vec![user::set_active(id, false).step(Phase::Deactivate, user::patched(id, Some(false)))]
    }

    fn reactivate(&self, id: &str, person: &Person) -> Vec<Step> {
        vec![
            self.find_user(&person.user_name).step(Phase::Reactivate, Expect::Hit(id.to_owned())),
            user::set_active(id, true).step(Phase::Reactivate, user::patched(id, Some(true))),
        ]
    }

    /// Okta deactivates and never deletes users.
    fn delete_user(&self, _id: &str) -> Vec<Step> {
        Vec::new()
    }

    fn find_group(&self, display_name: &str) -> Request {
        find("/Groups", "displayName", display_name)
    }

    fn create_group(&self, group: &Group, members: &[Member]) -> Request {
        group::create(group, members)
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
        user::refusals(known)
    }

    fn import_page(&self, resource: Resource, start_index: u64) -> Option<Request> {
        let path = match resource {
            Resource::Users => "/Users",
            Resource::Groups => "/Groups",
        };
        Some(Request::get(format!("{path}?startIndex={start_index}&count={PAGE}")))
    }
}

fn find(path: &str, attribute: &str, value: &str) -> Request {
    let filter = percent_encoded(&super::scim::equals(attribute, value));
    Request::get(format!("{path}?filter={filter}&startIndex=1&count={PAGE}"))
}
