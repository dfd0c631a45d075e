use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use super::attempt::{Attempt, Link, pause};
use super::ledger::{Choice, Ledger};
use super::write::{Accepted, Write, WriteKind};
use super::{EndurePlan, EndureReport, InFlight, Witness};
use crate::client::Answer;
use crate::load::{person, prefix};
use crate::{Error, Target};

/// One writer with its own users and group.
pub(super) struct Client {
    number: usize,
    directory: usize,
    writes: u64,
    prefix: String,
    lasts: Option<Duration>,
    patience: Duration,
    pace: Option<Interval>,
    in_flight: InFlight,
    link: Link,
    dice: StdRng,
    ledger: Ledger,
    report: EndureReport,
}

/// How a write ended.
enum Outcome {
    Accepted { id: String, recovered: bool },
    Refused(u16),
    GivenUp,
}

impl Client {
    pub(super) fn new(number: usize, directory: usize, target: &Target, plan: &EndurePlan) -> Result<Self, Error> {
        let (clients, place) = (plan.clients as u64, number as u64);
        Ok(Self {
            number,
            directory,
            writes: plan.writes / clients + u64::from(place < plan.writes % clients),
            prefix: prefix(plan.seed, number),
            lasts: plan.lasts,
            patience: plan.patience,
            pace: (!plan.pace.is_zero()).then(|| interval(plan, number)),
            in_flight: plan.in_flight.clone(),
            link: Link::to(target)?,
            dice: StdRng::seed_from_u64(plan.seed.wrapping_mul(0x9e37_79b9).wrapping_add(place)),
            ledger: Ledger::default(),
            report: EndureReport::default(),
        })
    }

    pub(super) async fn run(mut self, witness: &Witness<'_>) -> EndureReport {
        let begun = Instant::now();
        for number in 0..self.writes {
            if self.lasts.is_some_and(|lasts| begun.elapsed() >= lasts) {
                break;
            }
            if let Some(pace) = &mut self.pace {
                pace.tick().await;
            }
            let write = self.next(number);
            match self.perform(&write).await {
                Outcome::Accepted { id, recovered } => self.accept(Accepted { write, id, recovered }, witness),
                Outcome::Refused(status) => self.report.refused.push((write, status)),
                Outcome::GivenUp => {
                    self.report.given_up.push(write);
                    break;
                }
            }
        }
        self.finish()
    }

    fn next(&mut self, number: u64) -> Write {
        let Choice { kind, user, again } = self.ledger.choose(&mut self.dice);
        let own = || format!("{}{number:08x}", self.prefix);
        let key = user.map(|user| user.key.as_str()).or(again).map_or_else(own, str::to_owned);
        let id = user.map(|user| user.id.clone());
        let (name, id, value) = match (kind, &self.ledger.group) {
            (WriteKind::AddMember | WriteKind::RemoveMember, Some(group)) => {
                (group.display_name.clone(), Some(group.id.clone()), id)
            }
            (WriteKind::CreateGroup, _) => (format!("Crew {key}"), None, None),
            (WriteKind::SetTitle, _) => (String::new(), id, Some(format!("Watch Officer {number}"))),
            (WriteKind::CreateUser, _) => (person(&key).user_name, None, None),
            _ => (String::new(), id, None),
        };
        let name = user.filter(|_| name.is_empty()).map_or(name, |user| user.user_name.clone());
        Write { directory: self.directory, client: self.number, number, kind, key, name, id, value }
    }

    /// Until it is settled or patience ends.
    async fn perform(&mut self, write: &Write) -> Outcome {
        let (request, deadline) = (write.request(), Instant::now() + self.patience);
        let mut doubtful = false;
        while Instant::now() < deadline {
            if doubtful && write.kind.creates() {
                match self.look_up(write).await {
                    Some(Some(id)) => return Outcome::Accepted { id, recovered: true },
                    Some(None) => {}
                    None => continue,
                }
            }
            match self.link.attempt(&request, &self.in_flight).await {
                Attempt::Answered(answer) if answer.is_busy() => pause(Some(&answer)).await,
                Attempt::Answered(answer) => match settle(write, &answer, doubtful) {
                    Some(outcome) => return outcome,
                    None => doubtful = self.doubt(write, doubtful).await,
                },
                Attempt::Lost => doubtful = self.doubt(write, doubtful).await,
                Attempt::Unsent => pause(None).await,
            }
        }
        Outcome::GivenUp
    }

    /// The outcome is unknown: remembers that, and waits a moment.
    async fn doubt(&mut self, write: &Write, already: bool) -> bool {
        if !already {
            self.report.lost.push(write.clone());
        }
        pause(None).await;
        true
    }

    /// The id of what was created, `Some(None)` if it is not there, `None` without an answer.
    async fn look_up(&mut self, write: &Write) -> Option<Option<String>> {
        match self.link.attempt(&write.look_up(), &InFlight::default()).await {
            Attempt::Answered(list) if list.status == 200 => Some(id(&list.body["Resources"][0])),
            _ => {
                pause(None).await;
                None
            }
        }
    }

    fn accept(&mut self, accepted: Accepted, witness: &Witness<'_>) {
        witness(&accepted);
        self.ledger.enter(&accepted);
        self.report.accepted.push(accepted);
    }

    fn finish(mut self) -> EndureReport {
        self.report.reconnects = self.link.connects.saturating_sub(1);
        self.report.users = self.ledger.users;
        self.report.groups = self.ledger.group.into_iter().collect();
        self.report
    }
}

/// Clients write in turn, not all at once.
fn interval(plan: &EndurePlan, number: usize) -> Interval {
    let share = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
    let first = plan.pace * share(number + 1) / share(plan.clients);
    let mut interval = interval_at(tokio::time::Instant::now() + first, plan.pace);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// `None`: the answer settles nothing.
fn settle(write: &Write, answer: &Answer, doubtful: bool) -> Option<Outcome> {
    match answer.status {
        200..300 => {
            let id = write.id.clone().or_else(|| id(&answer.body))?;
            Some(Outcome::Accepted { id, recovered: false })
        }
        409 if doubtful => None,
        // The attempt before it was carried out.
        404 if doubtful && write.kind == WriteKind::DeleteUser => {
            Some(Outcome::Accepted { id: write.id.clone()?, recovered: true })
        }
        500.. => None,
        status => Some(Outcome::Refused(status)),
    }
}

fn id(resource: &serde_json::Value) -> Option<String> {
    resource["id"].as_str().map(str::to_owned)
}
