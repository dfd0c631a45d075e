//! REST's reads: users, groups and events as the application was told them.

use model::event_name;
use model::id::{EnvironmentId, EventId, GroupId, UserId};
use model::query::{EventFilter, GroupFilter, Page, PageQuery, UserFilter};
use store::UserWithGroups;

use crate::{Broker, Error};

/// A page of the event log, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// Public JSON, byte for byte as sent.
    pub events: Vec<String>,
    /// The last event's id when more follow; none: caught up.
    pub after: Option<EventId>,
}

impl Broker {
    pub async fn find_user(&self, of: EnvironmentId, id: &str) -> Result<UserWithGroups, Error> {
        let missing = || Error::not_found("a directory user", id);
        let parsed: UserId = id.parse().map_err(|_| missing())?;
        self.reader(of).find_user(parsed).await?.ok_or_else(missing)
    }

    pub async fn list_users(
        &self,
        of: EnvironmentId,
        filter: &UserFilter,
        page: PageQuery<UserId>,
    ) -> Result<Page<UserWithGroups, UserId>, Error> {
        if filter.directory_id.is_none() && (filter.idp_id.is_some() || filter.email.is_some()) {
            return Err(Error::invalid("directory", "idp_id and email need a directory"));
        }
        Ok(self.reader(of).list_users(filter, page).await?)
    }

    /// A group's public JSON.
    pub async fn find_group(&self, of: EnvironmentId, id: &str) -> Result<String, Error> {
        let missing = || Error::not_found("a directory group", id);
        let parsed: GroupId = id.parse().map_err(|_| missing())?;
        self.reader(of).find_group(parsed).await?.ok_or_else(missing)
    }

    pub async fn list_groups(
        &self,
        of: EnvironmentId,
        filter: &GroupFilter,
        page: PageQuery<GroupId>,
    ) -> Result<Page<(GroupId, String), GroupId>, Error> {
        Ok(self.reader(of).list_groups(filter, page).await?)
    }

    /// Events past the cursor, oldest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no or unknown event types, for a cursor beside `range_start`, and (field `after`) for a cursor
    /// that names no event of this environment.
    pub async fn list_events(
        &self,
        of: EnvironmentId,
        filter: &EventFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<EventPage, Error> {
        check(filter, after)?;
        let position = match after {
            None => 0,
            Some(cursor) => self.position(of, cursor).await?,
        };
        let mut found = self.reader(of).list_events(filter, position, limit + 1).await?;
        let more = u64::try_from(found.len()).is_ok_and(|read| read > limit);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let after = found.last().filter(|_| more).map(|last| last.event.id);
        Ok(EventPage { events: found.into_iter().map(|found| found.event.body).collect(), after })
    }

    async fn position(&self, of: EnvironmentId, cursor: &str) -> Result<i64, Error> {
        let unknown = || Error::invalid("after", format!("after names no event: {cursor}"));
        let id: EventId = cursor.parse().map_err(|_| unknown())?;
        self.reader(of).position_of(id).await?.ok_or_else(unknown)
    }
}

fn check(filter: &EventFilter, after: Option<&str>) -> Result<(), Error> {
    if filter.kinds.is_empty() {
        return Err(Error::Invalid { code: "required", field: "events", message: "Validation failed.".to_owned() });
    }
    if let Some(kind) = filter.kinds.iter().find(|kind| !event_name::is_known(kind)) {
        let message = format!("{kind} is not an event type");
        return Err(Error::Invalid { code: "unknown_event_type", field: "events", message });
    }
    if after.is_some() && filter.range_start.is_some() {
        return Err(Error::invalid("range_start", "range_start and after exclude each other"));
    }
    Ok(())
}
