use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream;
use serde_json::Value;

use super::summary::Summary;
use super::tally::Tally;
use super::{Observer, Progress};
use crate::client::{Answer, Client};
use crate::phase::Phase;
use crate::wire::{Expect, Idp, Request, Step, Wire};
use crate::{Error, Plan, Target};

/// How often a request is sent when the server keeps saying 429 or 503 (Okta: 10).
const ATTEMPTS: u32 = 10;
/// Pause before the second attempt when the server names none; doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// No `Retry-After` is followed for longer.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// One provider at work on one directory.
pub(super) struct Session<'a> {
    pub(super) wire: &'static dyn Wire,
    client: Client,
    observer: &'a Observer<'a>,
    at_once: usize,
    tally: Mutex<Tally>,
    started: Instant,
}

impl<'a> Session<'a> {
    pub(super) fn open(idp: Idp, target: &Target, plan: &Plan, observer: &'a Observer<'a>) -> Result<Self, Error> {
        let wire = idp.wire();
        let client = Client::new(target, wire)?;
        let (at_once, tally, started) = (plan.at_once.max(1), Mutex::default(), Instant::now());
        Ok(Self { wire, client, observer, at_once, tally, started })
    }

    /// Sends one request; the body, if the answer is what the provider needs.
    pub(super) async fn ask(&self, step: &Step) -> Option<Value> {
        let answer = self.send(step).await;
        let status = answer.as_ref().ok().map(|answer| answer.status);
        match answer.and_then(|answer| step.expect.check(&answer).map(|()| answer.body)) {
            Ok(body) => Some(body),
            Err(detail) => {
                self.tally().unexpected(step, status, detail);
                None
            }
        }
    }

    /// The only hit of a look-up, `Some(None)` for none.
    pub(super) async fn find(&self, request: Request) -> Option<Option<Value>> {
        let mut list = self.ask(&request.step(Phase::Match, Expect::List)).await?;
        Some(
            list["Resources"].as_array_mut().and_then(|hits| if hits.is_empty() { None } else { Some(hits.remove(0)) }),
        )
    }

    /// Steps in order, until one of them fails.
    pub(super) async fn play(&self, steps: Vec<Step>) -> bool {
        for step in &steps {
            if self.ask(step).await.is_none() {
                return false;
            }
        }
        true
    }

    /// Several sequences at a time; which of them succeeded, in their order. Empty ones are no work.
    pub(super) async fn play_all(&self, phase: Phase, scripts: Vec<Vec<Step>>) -> Vec<bool> {
        let scripts = scripts.into_iter().filter(|steps| !steps.is_empty()).collect();
        self.each(phase, scripts, |steps| self.play(steps)).await
    }

    /// Does a job for each item, several at a time, and tells the observer.
    pub(super) async fn each<T, R, F>(&self, phase: Phase, items: Vec<T>, job: impl Fn(T) -> F) -> Vec<R>
    where
        F: Future<Output = R>,
    {
        let (done, total) = (&AtomicUsize::new(0), items.len());
        let jobs = items.into_iter().map(|item| {
            let job = job(item);
            async move {
                let result = job.await;
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                (self.observer)(Progress { phase, done, total });
                result
            }
        });
        stream::iter(jobs).buffered(self.at_once).collect().await
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.tally());
    }

    pub(super) fn stop(&self, why: &str) {
        self.tally().stopped = Some(why.to_owned());
    }

    pub(super) fn finish(self, idp: Idp) -> Summary {
        let elapsed = self.started.elapsed();
        self.tally.into_inner().unwrap_or_else(PoisonError::into_inner).summary(idp, elapsed)
    }

    /// Sends until the server is no longer busy, or the attempts are used up.
    async fn send(&self, step: &Step) -> Result<Answer, String> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            let answer = self.send_once(step).await?;
            if !answer.is_busy() {
                return Ok(answer);
            }
            self.tally().retries += 1;
            tokio::time::sleep(answer.retry_after.unwrap_or(pause).min(LONGEST_PAUSE)).await;
            pause *= 2;
        }
        self.send_once(step).await
    }

    async fn send_once(&self, step: &Step) -> Result<Answer, String> {
        let started = Instant::now();
        let answer = self.client.send(&step.request).await;
        self.tally().exchange(step, answer.as_ref().ok().map(|it| it.status), started.elapsed());
        answer
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
