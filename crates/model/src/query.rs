//! What lists are asked for, and what they answer.

use ulid::Ulid;

use crate::id::{DirectoryId, GroupId, Id, Kind, OrganizationId, UserId};
use crate::time::Timestamp;

/// Which page of a REST list. `before` and `after` are ids of the same list, whether or not somebody has them still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageQuery<I> {
    pub limit: u64,
    pub order: Order,
    pub before: Option<I>,
    pub after: Option<I>,
}

/// The order of a list (`workos-contract.md` 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Newest first; `after` leads to older objects.
    #[default]
    Newest,
    /// Oldest first; `after` leads to newer objects.
    Oldest,
    /// Newest first with the cursors the other way round: `before` leads to older objects, `after` to newer ones.
    Reversed,
}

/// Rows in the order asked for, and the cursors of the pages beside it: none where nothing lies that way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, I> {
    pub items: Vec<T>,
    pub before: Option<I>,
    pub after: Option<I>,
}

impl<K: Kind> PageQuery<Id<K>> {
    /// The cursors in the order of the list: that behind which it goes on, and that at which it ends. With both, the first counts.
    const fn cursors(&self) -> (Option<Id<K>>, Option<Id<K>>) {
        match self.order {
            Order::Reversed => (self.before, self.after),
            Order::Newest | Order::Oldest => (self.after, self.before),
        }
    }

    /// Whether the page is read from its end.
    const fn backwards(&self) -> bool {
        matches!(self.cursors(), (None, Some(_)))
    }

    /// Whether rows are read by rising id.
    pub const fn ascending(&self) -> bool {
        matches!(self.order, Order::Oldest) != self.backwards()
    }

    /// The id past which rows are read.
    pub const fn cursor(&self) -> Option<Id<K>> {
        match self.cursors() {
            (None, ends) => ends,
            (begins, _) => begins,
        }
    }

    /// How many rows to read: one past the page says whether there is more that way, one before it (at the cursor or behind it)
    /// whether there is anything the other way.
    pub fn rows(&self) -> u64 {
        self.limit + 1 + u64::from(self.cursor().is_some())
    }

    /// The page, from [`PageQuery::rows`] rows as read.
    pub fn finish<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> Id<K>) -> Page<T, Id<K>> {
        let behind = items.first().map(&id).filter(|first| self.is_behind(*first));
        if behind.is_some() {
            items.remove(0);
        }
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        // Where the page is empty, the way back begins just past the cursor, so that it holds the cursor's own row.
        let back = behind.and_then(|_| items.first().map(&id).or_else(|| self.past()));
        let onward = items.last().map(&id).filter(|_| more);
        let reversed = matches!(self.order, Order::Reversed);
        if self.backwards() {
            items.reverse();
        }
        let (before, after) = if self.backwards() == reversed { (back, onward) } else { (onward, back) };
        Page { items, before, after }
    }

    /// Whether a row lies at the cursor or behind it.
    fn is_behind(&self, id: Id<K>) -> bool {
        self.cursor().is_some_and(|cursor| if self.ascending() { id <= cursor } else { id >= cursor })
    }

    /// The id next to the cursor, in the direction of reading.
    fn past(&self) -> Option<Id<K>> {
        let Ulid(cursor) = self.cursor()?.ulid();
        let next = if self.ascending() { cursor.saturating_add(1) } else { cursor.saturating_sub(1) };
        Some(Id::from_ulid(Ulid(next)))
    }
}

impl<T, I> Page<T, I> {
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U, I> {
        let items = self.items.into_iter().map(each).collect();
        Page { items, before: self.before, after: self.after }
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
    use super::Order::{Newest, Oldest, Reversed};
    use super::*;

    fn id(n: u128) -> UserId {
        Id::from_ulid(Ulid(n))
    }

    /// A page of two of the users that there are, as a store reads it.
    fn page(order: Order, (before, after): (Option<u128>, Option<u128>), there: &[u128]) -> Page<u128, UserId> {
        let query = PageQuery { limit: 2, order, before: before.map(id), after: after.map(id) };
        let mut rows = there.to_vec();
        rows.sort_by_key(|n| if query.ascending() { *n } else { u128::MAX - n });
        let behind = rows.iter().filter(|n| query.is_behind(id(**n))).count();
        let rows = rows.into_iter().skip(behind.saturating_sub(1)).take(usize::try_from(query.rows()).unwrap());
        query.finish(rows.collect(), |n| id(*n))
    }

    #[test]
    fn finishes_pages_both_ways() {
        let check = |order, cursors, there: &[u128], expected: (&[u128], Option<u128>, Option<u128>)| {
            let Page { items, before, after } = page(order, cursors, there);
            let expected = (expected.0.to_vec(), expected.1.map(id), expected.2.map(id));
            assert_eq!((items, before, after), expected, "{order:?} {cursors:?} {there:?}");
        };
        check(Newest, (None, None), &[], (&[], None, None));
        check(Newest, (None, None), &[9, 8], (&[9, 8], None, None));
        check(Newest, (None, None), &[9, 8, 7], (&[9, 8], None, Some(8)));
        check(Newest, (None, Some(8)), &[9, 8, 7], (&[7], Some(7), None));
        check(Newest, (Some(7), None), &[9, 8, 7], (&[9, 8], None, Some(8)));
        check(Newest, (Some(6), None), &[9, 8, 7, 6], (&[8, 7], Some(8), Some(7)));
        check(Oldest, (None, Some(6)), &[9, 8, 7, 6], (&[7, 8], Some(7), Some(8)));
        check(Oldest, (Some(8), None), &[9, 8, 7, 6], (&[6, 7], None, Some(7)));
        check(Reversed, (None, None), &[9, 8, 7], (&[9, 8], Some(8), None));
        check(Reversed, (Some(8), None), &[9, 8, 7], (&[7], None, Some(7)));
        check(Reversed, (None, Some(7)), &[9, 8, 7], (&[9, 8], Some(8), None));
        check(Reversed, (None, Some(6)), &[9, 8, 7, 6], (&[8, 7], Some(7), Some(8)));
    }

    #[test]
    fn a_cursor_need_not_be_there_and_a_page_may_be_empty() {
        let check = |cursors, there: &[u128], expected: (&[u128], Option<u128>, Option<u128>)| {
            let Page { items, before, after } = page(Order::Newest, cursors, there);
            let expected = (expected.0.to_vec(), expected.1.map(id), expected.2.map(id));
            assert_eq!((items, before, after), expected, "{cursors:?} {there:?}");
        };
        // Gone, in the middle and at both ends.
        check((None, Some(8)), &[9, 7], (&[7], Some(7), None));
        check((None, Some(8)), &[7], (&[7], None, None));
        check((Some(8), None), &[9], (&[9], None, None));
        // Nothing more that way: the way back holds the cursor's own row.
        check((None, Some(7)), &[9, 8, 7], (&[], Some(6), None));
        check((Some(6), None), &[9, 8, 7], (&[8, 7], Some(8), None));
        check((Some(9), None), &[9, 8, 7], (&[], None, Some(10)));
        check((None, Some(10)), &[9, 8, 7], (&[9, 8], None, Some(8)));
        check((None, Some(7)), &[], (&[], None, None));
        // With both cursors, `after` counts.
        check((Some(9), Some(9)), &[9, 8, 7], (&[8, 7], Some(8), None));
    }
}
