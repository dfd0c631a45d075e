//! A fair share of the shards. Pure.

use std::collections::BTreeSet;

use store::SHARDS;

/// Who holds what.
#[derive(Debug)]
pub(super) struct View {
    /// How many nodes live, this one included.
    pub(super) nodes: usize,
    /// Held by others.
    pub(super) taken: BTreeSet<u8>,
    pub(super) mine: BTreeSet<u8>,
    /// Of mine, those that are being left.
    pub(super) leaving: BTreeSet<u8>,
}

/// What this node shall do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Balance {
    pub(super) take: Vec<u8>,
    pub(super) leave: Vec<u8>,
}

/// A node holds at most its share, rounded up; what it holds beyond it leaves for others to take.
pub(super) fn balance(view: &View) -> Balance {
    let share = usize::from(SHARDS).div_ceil(view.nodes.max(1));
    let staying: Vec<_> = view.mine.difference(&view.leaving).copied().collect();
    let free = (0..=u8::MAX).filter(|shard| !view.taken.contains(shard) && !view.mine.contains(shard));
    Balance {
        take: free.take(share.saturating_sub(staying.len())).collect(),
        leave: staying.into_iter().skip(share).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(nodes: usize, taken: std::ops::Range<u8>, mine: std::ops::Range<u16>, expected: (usize, usize)) {
        let mine = mine.filter_map(|shard| u8::try_from(shard).ok()).collect();
        let view = View { nodes, taken: taken.collect(), mine, leaving: BTreeSet::new() };
        let Balance { take, leave } = balance(&view);
        assert_eq!((take.len(), leave.len()), expected, "{view:?}");
        assert!(take.iter().all(|shard| !view.taken.contains(shard) && !view.mine.contains(shard)));
        assert!(leave.iter().all(|shard| view.mine.contains(shard)));
    }

    #[test]
    fn a_node_takes_its_share_and_leaves_what_is_beyond() {
        check(1, 0..0, 0..0, (256, 0));
        check(1, 0..0, 0..256, (0, 0));
        check(2, 0..0, 0..256, (0, 128));
        check(2, 0..128, 0..0, (128, 0));
        check(3, 0..86, 86..172, (0, 0));
        check(3, 0..172, 0..0, (84, 0));
        check(300, 0..0, 0..0, (1, 0));
    }

    #[test]
    fn what_is_being_left_counts_no_more() {
        let view = View { nodes: 2, taken: BTreeSet::new(), mine: (0..=255).collect(), leaving: (128..=255).collect() };
        assert_eq!(balance(&view), Balance { take: Vec::new(), leave: Vec::new() });
    }
}
