//! REST's face: users and groups as the application was last told them.

mod groups;
mod users;

pub use users::UserWithGroups;

/// A directory that is being deleted shows nothing any more.
const LIVE: &str = "NOT EXISTS (SELECT 1 FROM directories d WHERE d.id = t.directory_id AND d.state = ?)";
