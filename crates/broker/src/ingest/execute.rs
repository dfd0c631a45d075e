//! One request on the state of its batch.

use model::tenant::{Directory, DirectoryState};
use scim::Preconditions;

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
    check(working, &directory, write)?;
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

/// 412 when the resource is of another version than the request is for. One that is not there is 404, which is found elsewhere.
fn check(working: &mut Working<'_>, directory: &Directory, write: &Write) -> Result<(), Stop> {
    if write.preconditions == Preconditions::default() {
        return Ok(());
    }
    let version = match write.request.as_ref() {
        Request::CreateUser(_) | Request::CreateGroup(_) => None,
        Request::ReplaceUser(id, _) | Request::PatchUser(id, _) | Request::DeleteUser(id) => {
            working.user(directory.id, *id)?.map(|user| user.version)
        }
        Request::ReplaceGroup(id, _) | Request::PatchGroup(id, _) | Request::DeleteGroup(id) => {
            working.group(directory.id, *id)?.map(|group| group.version)
        }
    };
    Ok(version.map_or(Ok(()), |version| write.preconditions.check_write(version))?)
}
