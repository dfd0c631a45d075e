//! How each provider words what it wants. Pure: a person goes in, requests come out.
//!
//! Another provider is another folder here, an `impl Wire` and a variant of [`Idp`].

mod entra;
mod expect;
mod idp;
mod okta;
mod request;
mod scim;

use rand::rngs::StdRng;
use serde_json::Value;

pub(crate) use expect::Expect;
pub use idp::{Idp, UnknownIdp};
pub(crate) use request::{Request, Step};
pub(crate) use scim::{Member, patch};

use crate::cast::{Group, Person};

/// Where an import of users or groups begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Users,
    Groups,
}

/// The dialect of one provider. What it never does is an empty list of steps, said where it is left out.
pub(crate) trait Wire: Send + Sync {
    /// Headers of every request besides `Host`, `Authorization` and `Content-Length`.
    fn headers(&self) -> &'static [(&'static str, &'static str)];
    /// Of those requests that carry a body.
    fn content_type(&self) -> &'static str;

    fn probe(&self, dice: &mut StdRng) -> Vec<Step>;
    fn find_user(&self, user_name: &str) -> Request;
    fn create_user(&self, person: &Person) -> Request;
    fn read_user(&self, id: &str) -> Request;
    /// Takes over a user who was found: `read` is the server's resource.
    fn adopt_user(&self, id: &str, read: &Value, person: &Person) -> Vec<Step>;
    /// `read` is the server's resource, still as `before`.
    fn update_user(&self, id: &str, read: &Value, before: &Person, after: &Person) -> Vec<Step>;
    fn set_manager(&self, id: &str, manager_id: &str) -> Vec<Step>;
    fn clear_manager(&self, id: &str) -> Vec<Step>;
    fn deactivate(&self, id: &str) -> Vec<Step>;
    fn reactivate(&self, id: &str, person: &Person) -> Vec<Step>;
    fn delete_user(&self, id: &str) -> Vec<Step>;

    fn find_group(&self, display_name: &str) -> Request;
    /// `members` are for those providers that send them with the group.
    fn create_group(&self, group: &Group, members: &[Member]) -> Request;
    fn fill_group(&self, id: &str, members: &[Member]) -> Vec<Step>;
    fn swap_members(&self, id: &str, goes: &Member, comes: &Member) -> Vec<Step>;
    fn empty_group(&self, id: &str, members: &[Member]) -> Vec<Step>;
    fn rename_group(&self, id: &str, display_name: &str) -> Vec<Step>;
    fn delete_group(&self, id: &str) -> Vec<Step>;

    /// Requests that a server must refuse; `known` is somebody who exists.
    fn refusals(&self, known: &Person) -> Vec<Step>;
    /// One page of an import, `None` where the provider has no such thing.
    fn import_page(&self, resource: Resource, start_index: u64) -> Option<Request>;
}

#[cfg(test)]
mod recordings;
