//! The pure core on the writes of a batch. A large one works on a thread beside, so that other tasks go on, and so that the
//! database sees that somebody is still there who holds its locks.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use model::Timestamp;
use model::event::{Event, StreamId};
use model::id::{GroupId, UserId};
use model::tenant::Directory;
use store::{Head, Tx, Writes};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::execute::execute;
use super::left_over::LeftOver;
use super::loaded::Loaded;
use super::needs::Needs;
use super::request::{Answer, Refusal, Write};
use super::working::{Draw, Stop, Working};
use super::writer::MAX_ROWS_TOGETHER;

/// How often a transaction shows that its node is not paused: well below `idle_in_transaction_session_timeout`.
const BREATH: Duration = Duration::from_millis(500);

/// What a batch begins with.
pub(super) struct Core {
    /// Whether the locks are held.
    pub(super) held: bool,
    pub(super) now: Timestamp,
    pub(super) directories: Vec<Directory>,
    pub(super) heads: BTreeMap<StreamId, Head>,
    pub(super) writes: Vec<Write>,
}

/// What is left to be written.
pub(super) struct Done {
    pub(super) writes: Writes,
    pub(super) events: Vec<Event>,
    pub(super) heads: BTreeMap<StreamId, Head>,
    /// What comes after all that, in pieces.
    pub(super) left_over: Option<LeftOver>,
}

pub(super) struct Worked {
    pub(super) done: Done,
    /// One for each write.
    pub(super) answers: Vec<Result<Answer, Refusal>>,
}

impl Core {
    /// Works with what is loaded; what is answered instead names rows that are missing.
    pub(super) async fn run(
        self: &Arc<Self>,
        tx: &Tx,
        loaded: &mut Loaded,
        draw: &mut Draw,
    ) -> Result<Result<Worked, Box<Needs>>, store::Error> {
        if self.rows() + loaded.members() + loaded.arriving() <= MAX_ROWS_TOGETHER {
            return Ok(self.work(loaded, draw));
        }
        Box::pin(Arc::clone(self).run_beside(tx, loaded, draw.fork())).await
    }

    async fn run_beside(
        self: Arc<Self>,
        tx: &Tx,
        loaded: &mut Loaded,
        mut draw: Draw,
    ) -> Result<Result<Worked, Box<Needs>>, store::Error> {
        let lent = mem::take(loaded);
        let mut work = spawn_blocking(move || {
            let worked = self.work(&lent, &mut draw);
            (lent, worked)
        });
        loop {
            match timeout(BREATH, &mut work).await {
                Ok(Ok((given_back, worked))) => {
                    *loaded = given_back;
                    return Ok(worked);
                }
                Ok(Err(error)) => resume_unwind(error.into_panic()),
                Err(_) => tx.breathe().await?,
            }
        }
    }

    fn rows(&self) -> usize {
        self.writes.iter().map(|write| write.request.rows()).sum()
    }

    fn work(&self, loaded: &Loaded, draw: &mut Draw) -> Result<Worked, Box<Needs>> {
        let mut working = Working::new(self.now, &self.directories, self.heads.clone(), loaded, draw);
        working.alone = self.held && self.writes.len() == 1;
        let answers: Vec<_> = self.writes.iter().map(|write| execute(&mut working, write)).collect();
        if !working.missing.is_empty() {
            return Err(Box::new(working.missing));
        }
        Ok(Worked { done: net(working, &self.directories), answers: answers.into_iter().map(answered).collect() })
    }
}

fn answered(answer: Result<Answer, Stop>) -> Result<Answer, Refusal> {
    answer.map_err(|stop| match stop {
        Stop::Refused(refusal) => refusal,
        Stop::Missing => Refusal::Unavailable,
    })
}

fn net(working: Working<'_>, before: &[Directory]) -> Done {
    let directories = working.directories.into_values().filter(|directory| !before.contains(directory)).collect();
    // Of groups that were read whole no pair was read.
    let whole = &working.loaded.whole_groups;
    let was = |(group, user): &(GroupId, UserId)| whole.get(group).is_some_and(|members| members.contains(user));
    let gone = working.pairs.changed().filter(|(pair, now)| now.is_none() && was(pair)).map(|(pair, _)| *pair);
    let gone: BTreeSet<_> = gone.collect();
    let mut memberships = working.pairs.net();
    memberships.deleted = gone.into_iter().chain(memberships.deleted).collect::<BTreeSet<_>>().into_iter().collect();
    memberships.deleted.retain(|pair| !working.left.contains(pair));
    memberships.inserted.retain(|pair| !was(&(pair.group_id, pair.user_id)));
    // What went and came again is another one.
    let mut parked = working.parked.net();
    parked.deleted.extend(parked.updated.iter().map(|again| (again.referrer, again.value.clone())));
    parked.inserted.append(&mut parked.updated);
    let writes = Writes {
        directories,
        users: working.users.net(),
        groups: working.groups.net(),
        memberships,
        leavers: working.leavers,
        dissolved: working.dissolved,
        parked,
        unparked: working.unparked,
    };
    Done { writes, events: working.events, heads: working.heads, left_over: working.left_over }
}
