//! What lists are asked for, and what they answer.

use crate::id::{DirectoryId, GroupId, OrganizationId, UserId};
use crate::time::Timestamp;

/// Which page of a REST list. `before` and `after` are ids of the same list, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageQuery<I> {
    pub limit: u64,
    pub order: Order,
    pub before: Option<I>,
    pub after: Option<I>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Newest,
    Oldest,
}

/// Rows in the order asked for, and whether more lie on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub more_before: bool,
    pub more_after: bool,
}

impl<I: Copy> PageQuery<I> {
    /// Whether the page is read from its end: `before` without `after`.
    pub const fn backwards(&self) -> bool {
        self.before.is_some() && self.after.is_none()
    }

    /// Whether rows are read by rising id.
    pub fn ascending(&self) -> bool {
        (self.order == Order::Oldest) != self.backwards()
    }

    /// The id past which rows are read.
    pub fn cursor(&self) -> Option<I> {
        if self.backwards() { self.before } else { self.after }
    }

    /// The page, from rows as read: one more than asked for says whether there is another page that way.
    pub fn finish<T>(&self, mut items: Vec<T>) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let past_cursor = self.cursor().is_some();
        if self.backwards() {
            items.reverse();
            return Page { items, more_before: more, more_after: past_cursor };
        }
        Page { items, more_before: past_cursor, more_after: more }
    }
}

impl<T> Page<T> {
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(each).collect();
        Page { items, more_before: self.more_before, more_after: self.more_after }
    }
}

/// Which organizations to list.
#[derive(Debug, Default, Clone)]
pub struct OrganizationFilter {
    /// With any of these domains; empty: all.
    pub domains: Vec<String>,
    /// Part of the name, without case.
    pub search: Option<String>,
}

/// Which directories to list.
#[derive(Debug, Default, Clone)]
pub struct DirectoryFilter {
    pub organization_id: Option<OrganizationId>,
    /// Part of the name, without case.
    pub search: Option<String>,
}

/// Which users' views to list.
#[derive(Debug, Default, Clone)]
pub struct UserFilter {
    pub directory_id: Option<DirectoryId>,
    pub group_id: Option<GroupId>,
    pub idp_id: Option<String>,
    /// Primary e-mail, without case.
    pub email: Option<String>,
}

/// Which groups' views to list.
#[derive(Debug, Default, Clone)]
pub struct GroupFilter {
    pub directory_id: Option<DirectoryId>,
    pub user_id: Option<UserId>,
}

/// Which events to list.
#[derive(Debug, Default, Clone)]
pub struct EventFilter {
    /// Names; never empty in the public API.
    pub kinds: Vec<String>,
    pub organization_id: Option<OrganizationId>,
    /// From this time on, and before that one.
    pub range_start: Option<Timestamp>,
    pub range_end: Option<Timestamp>,
}

/// A SCIM page: 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexPage {
    pub start_index: u64,
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finishes_pages_both_ways() {
        let check = |before, after, read: Vec<u8>, expected: (Vec<u8>, bool, bool)| {
            let query = PageQuery { limit: 2, order: Order::Newest, before, after };
            let page = query.finish(read);
            assert_eq!((page.items, page.more_before, page.more_after), expected);
        };
        check(None, None, vec![9, 8], (vec![9, 8], false, false));
        check(None, None, vec![9, 8, 7], (vec![9, 8], false, true));
        check(None, Some(8), vec![7], (vec![7], true, false));
        check(Some(7), None, vec![8, 9], (vec![9, 8], false, true));
        check(Some(7), None, vec![8, 9, 10], (vec![9, 8], true, true));
    }
}
