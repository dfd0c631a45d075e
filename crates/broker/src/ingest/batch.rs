//! One batch: locked, read, executed, written. The pure core starts again whenever it named rows that were not read yet.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::Timestamp;
use model::id::DirectoryId;
use model::tenant::Directory;
use store::{Contended, Store, Tx};

use super::core::{Core, Done, Worked};
use super::known::{Known, State};
use super::loaded::Loaded;
use super::needs::Needs;
use super::request::{Answer, Refusal, Write};
use super::working::Draw;
use super::writer::MAX_ROWS_TOGETHER;

/// How often a write may name rows that were not foreseen: its resource, then its members, then the people behind them. Each
/// round brings the first write that lacks something further, so only a fault reaches this bound.
const MAX_ROUNDS_PER_WRITE: usize = 6;

/// What became of each write, in order; `None`: its stream is held by another node, do it again.
pub(crate) type Outcome = Option<Result<Answer, Refusal>>;

/// Why a batch was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    Store(store::Error),
    /// It would touch more rows than a batch of several writes may.
    Large(Large),
}

/// Of what there is so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Large {
    /// Members of a group of which all are spoken of.
    Members,
    /// References to a user who comes.
    Arriving,
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// Runs the writes of a batch in one transaction. An error means that none of them was done, but for
/// [`store::Error::Undecided`].
///
/// At first without locks and with what is [`Known`], since mostly nobody else writes to these directories; if somebody did,
/// again under the locks.
pub(crate) async fn run(
    store: &Store,
    known: &Known,
    draw: &mut Draw,
    writes: &[Write],
    contended: Contended,
) -> Result<Vec<Outcome>, Failure> {
    let ids: BTreeSet<DirectoryId> = writes.iter().map(|write| write.directory_id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    if contended == Contended::Skip
        && let Some((tx, directories)) = attempt(store, known, &ids).await?
    {
        let streams: Vec<_> = tx.heads.keys().copied().collect();
        match finish(tx, known, draw, directories, writes, Contended::Wait).await {
            Err(Failure::Store(store::Error::Moved)) => {
                known.note_lost_race();
                known.forget(&streams);
            }
            Err(Failure::Store(store::Error::Conflict(_) | store::Error::TooMany)) => known.forget(&streams),
            done => return done,
        }
    }
    let (tx, directories) = store.begin_directories(&ids, contended).await?;
    finish(tx, known, draw, directories, writes, contended).await
}

async fn attempt(
    store: &Store,
    known: &Known,
    ids: &[DirectoryId],
) -> Result<Option<(Tx, Vec<Directory>)>, store::Error> {
    if let Some(state) = known.get(ids)
        && let Some(tx) = store.attempt(state.heads)
    {
        return Ok(Some((tx, state.directories)));
    }
    store.attempt_directories(ids).await
}

/// A directory that is not there is held by another node, or, for who waited, gone.
async fn finish(
    mut tx: Tx,
    known: &Known,
    draw: &mut Draw,
    directories: Vec<Directory>,
    writes: &[Write],
    contended: Contended,
) -> Result<Vec<Outcome>, Failure> {
    let here = |write: &Write| directories.iter().any(|directory| directory.id == write.directory_id);
    let mine: Vec<_> = writes.iter().filter(|write| here(write)).cloned().collect();
    let Worked { done, answers } = settle(&tx, draw, &directories, mine).await?;
    let from = tx.heads.clone();
    let mut state = State { heads: done.heads.clone(), directories: done.writes.directories.clone() };
    if let Some(refusal) = apply(&mut tx, draw, done).await? {
        return Ok(vec![Some(Err(refusal))]);
    }
    state.heads.clone_from(&tx.heads);
    tx.commit().await?;
    let mut answers = answers.into_iter();
    let gone = || (contended == Contended::Wait).then_some(Err(Refusal::Unauthorized));
    let outcomes = writes.iter().map(|write| if here(write) { answers.next() } else { gone() }).collect();
    let changed: BTreeSet<_> = state.directories.iter().map(|directory| directory.id).collect();
    state.directories.extend(directories.into_iter().filter(|directory| !changed.contains(&directory.id)));
    known.put(&from, state);
    Ok(outcomes)
}

async fn settle(tx: &Tx, draw: &mut Draw, directories: &[Directory], writes: Vec<Write>) -> Result<Worked, Failure> {
    let (mut loaded, mut foreseen) = (Loaded::default(), Needs::default());
    writes.iter().for_each(|write| foreseen.foresee(write));
    if tx.is_remembered() && foreseen.are_names() {
        loaded.assume_absent(foreseen);
    } else {
        loaded.load(tx, foreseen).await?;
    }
    let rounds = writes.len() * MAX_ROUNDS_PER_WRITE;
    let (now, heads, directories) = (Timestamp(tx.now_ms), tx.heads.clone(), directories.to_vec());
    let core = Arc::new(Core { held: tx.is_held(), now, directories, heads, writes });
    for _ in 0..=rounds {
        match core.run(tx, &mut loaded, draw).await? {
            Ok(worked) => return Ok(worked),
            Err(missing) => loaded.load(tx, *missing).await?,
        }
        if core.writes.len() > 1 || !core.held {
            check_size(&loaded)?;
        }
    }
    Err(store::Error::Corrupt { what: "batch" }.into())
}

fn check_size(loaded: &Loaded) -> Result<(), Failure> {
    match (loaded.members() > MAX_ROWS_TOGETHER, loaded.arriving() > MAX_ROWS_TOGETHER) {
        (true, _) => Err(Failure::Large(Large::Members)),
        (_, true) => Err(Failure::Large(Large::Arriving)),
        (false, false) => Ok(()),
    }
}

/// A write that goes alone may be refused when most of it has been written: nothing of it is committed.
async fn apply(tx: &mut Tx, draw: &mut Draw, done: Done) -> Result<Option<Refusal>, store::Error> {
    tx.heads = done.heads;
    tx.write(done.writes).await?;
    done.events.into_iter().for_each(|event| tx.record(event));
    match done.left_over {
        Some(left_over) => left_over.write(tx, draw).await,
        None => Ok(None),
    }
}
