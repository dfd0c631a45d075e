//! One request on the state of its batch.

use model::tenant::DirectoryState;

use super::request::{Answer, Refusal, Request, Write};
use super::working::{Stop, Working};
use super::{groups, users};

/// Does a request, or changes nothing.
pub(crate) fn execute(working: &mut Working<'_>, write: &Write) -> Result<Answer, Stop> {
    let directory = working.directories.get(&write.directory_id).cloned();
    let directory = directory
        .filter(|directory| directory.tokens_version == write.tokens_version)
        .filter(|directory| directory.state != DirectoryState::Deleting)
        .ok_or(Stop::Refused(Refusal::Unauthorized))?;
    match write.request.as_ref() {
        Request::CreateUser(parsed) => users::create(working, &directory, parsed),
        Request::ReplaceUser(id, parsed) => users::replace(working, &directory, *id, parsed),
        Request::PatchUser(id, patch) => users::patch(working, &directory, *id, patch),
        Request::DeleteUser(id) => users::delete(working, &directory, *id),
        Request::CreateGroup(parsed) => groups::create(working, &directory, parsed),
        Request::ReplaceGroup(id, parsed) => groups::replace(working, &directory, *id, parsed),
        Request::PatchGroup(id, patch) => groups::patch(working, &directory, *id, patch),
        Request::DeleteGroup(id) => groups::delete(working, &directory, *id),
    }
}
