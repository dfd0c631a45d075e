//! The life of a company in an identity provider, from the first connection test to the last import; the same for
//! every provider, who then says it in its own words (`crate::wire`).
//!
//! A phase begins when the one before has ended. Within a phase several users (or groups) are handled at a time, each
//! one's requests in order.

mod groups;
mod import;
mod session;
mod summary;
mod tally;
mod users;

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Serialize;

use session::Session;
pub use summary::{GroupCounts, Sent, Summary, Unexpected, UserCounts};

use crate::cast::{Cast, Fate};
use crate::phase::Phase;
use crate::wire::Idp;
use crate::{Error, Plan, Target};

/// How far a phase is: users, groups or pages done, of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub phase: Phase,
    pub done: usize,
    pub total: usize,
}

/// Told after each user or group; a progress bar, for instance.
pub type Observer<'a> = dyn Fn(Progress) + Send + Sync + 'a;

/// Plays the whole life cycle of this provider. Answers that the provider could not live with are listed in the
/// summary; only a failed connection test ends it early, as it does for an administrator.
pub async fn run(idp: Idp, target: &Target, plan: &Plan, observer: &Observer<'_>) -> Result<Summary, Error> {
    let session = Session::open(idp, target, plan, observer)?;
    let cast = Cast::invent(plan);
    let probes = idp.wire().probe(&mut StdRng::seed_from_u64(plan.seed));
    if session.play_all(Phase::Probe, vec![probes]).await == [true] {
        play(&session, &cast).await;
    } else {
        session.stop("the connection test failed");
    }
    Ok(session.finish(idp))
}

async fn play(session: &Session<'_>, cast: &Cast) {
    let users = users::provision(session, &cast.people).await;
    let users = users::update(session, users).await;
    users::refer(session, &users).await;
    let groups = groups::provision(session, &cast.groups, &users).await;
    groups::fill(session, &groups).await;
    groups::change(session, &groups).await;
    users::leave(session, &users).await;
    groups::delete(session, &groups).await;
    if let Some(known) = users.iter().find(|user| Fate::of(user.person.number) == Fate::Stays) {
        let refusals = session.wire.refusals(&known.person);
        session.play_all(Phase::Refusal, refusals.into_iter().map(|step| vec![step]).collect()).await;
    }
    import::run(session).await;
}
