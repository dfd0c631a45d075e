//! Rows of one table as a batch sees them: what was read, and on top what the batch has made of it.

use std::collections::HashMap;
use std::hash::Hash;

use store::Net;

/// `None` as a value: known to be absent. No entry: not read yet.
#[derive(Debug)]
pub(crate) struct Shelf<'a, K, V> {
    base: &'a HashMap<K, Option<V>>,
    top: HashMap<K, Option<V>>,
}

impl<'a, K: Eq + Hash + Clone + Ord, V: Clone + PartialEq> Shelf<'a, K, V> {
    pub(crate) fn new(base: &'a HashMap<K, Option<V>>) -> Self {
        Self { base, top: HashMap::new() }
    }

    /// `None`: not read yet.
    #[expect(clippy::option_option, reason = "unknown, absent and there are three things")]
    pub(crate) fn get(&self, key: &K) -> Option<Option<&V>> {
        self.top.get(key).or_else(|| self.base.get(key)).map(Option::as_ref)
    }

    pub(crate) fn is_known(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// The row, if it was read and is there.
    pub(crate) fn find(&self, key: &K) -> Option<&V> {
        self.get(key).flatten()
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        self.top.insert(key, Some(value));
    }

    pub(crate) fn remove(&mut self, key: K) {
        self.top.insert(key, None);
    }

    /// Every row that is known to be there.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        let below = self.base.iter().filter(|(key, _)| !self.top.contains_key(key));
        below.chain(&self.top).filter_map(|(key, value)| Some((key, value.as_ref()?)))
    }

    /// What the batch has put or removed.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&K, Option<&V>)> {
        self.top.iter().map(|(key, value)| (key, value.as_ref()))
    }

    /// What the batch comes to, in the order of the keys.
    pub(crate) fn net(self) -> Net<V, K> {
        let mut net = Net::default();
        let mut top: Vec<_> = self.top.into_iter().collect();
        top.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (key, now) in top {
            let before = self.base.get(&key).and_then(Option::as_ref);
            match (before, now) {
                (None, Some(row)) => net.inserted.push(row),
                (Some(before), Some(row)) if *before != row => net.updated.push(row),
                (Some(_), None) => net.deleted.push(key),
                _ => {}
            }
        }
        net
    }
}
