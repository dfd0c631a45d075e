//! Groups of ten, of 1,000 and of 100,000.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};
use tests::Kind;

use crate::figures::{line, median, ms};
use crate::hall::{Feed, Hall, over, text};
use crate::people;

const SIZES: [usize; 3] = [10, 1_000, 100_000];
const LARGE: usize = 100_000;
/// How often one member is added and removed at each size.
const TURNS: usize = 101;
/// Groups of a user who is deleted.
const GROUPS: usize = 5_000;
/// By how many a list differs.
const FEW: usize = 10;

pub(crate) async fn run(kind: Kind) -> Result<()> {
    let hall = Hall::open(kind).await?;
    let feed = hall.feed().await?;
    let (took, ids) = people::create(&hall, &feed, 0, 2 * LARGE + FEW).await?;
    println!("{kind:?}: {} users in {:.1} s", ids.len(), took.as_secs_f64());
    let bench = Bench { kind, hall: &hall, feed: &feed, ids: &ids };
    bench.one_member().await?;
    bench.one_user_of_many_groups().await?;
    let hall = hall.begin_again().await?;
    Bench { kind, hall: &hall, feed: &feed, ids: &ids }.whole_lists().await?;
    hall.close().await
}

struct Bench<'a> {
    kind: Kind,
    hall: &'a Hall,
    feed: &'a Feed,
    ids: &'a [String],
}

impl Bench<'_> {
    fn print(&self, what: &str) {
        println!("{:?}: {what}", self.kind);
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<(Duration, String)> {
        self.hall.ask(self.feed, method, path, body.map(|body| body.to_string())).await
    }

    async fn group(&self, name: &str, members: &[String]) -> Result<(Duration, String)> {
        let body = json!({"displayName": name, "members": references(members)});
        let (took, answer) = self.ask(Method::POST, "/Groups", Some(body)).await?;
        Ok((took, text(&serde_json::from_str(&answer)?, "id")?))
    }

    /// One more and one less, at each size in turn.
    async fn one_member(&self) -> Result<()> {
        let mut groups = Vec::new();
        for size in SIZES {
            let (took, id) = self.group(&format!("Of {size}"), &self.ids[..size]).await?;
            self.print(&format!("a group of {size} in one request: {:.2} s", took.as_secs_f64()));
            groups.push(id);
        }
        let (mut adds, mut removes, mut bare, mut finds) =
            (vec![Vec::new(); 3], vec![Vec::new(); 3], vec![Vec::new(); 3], vec![Vec::new(); 3]);
        for turn in 0..TURNS {
            let one = &self.ids[LARGE + turn];
            for (at, id) in groups.iter().enumerate() {
                let path = format!("/Groups/{id}");
                let add = json!({"Operations": [{"op": "add", "path": "members", "value": [{"value": one}]}]});
                adds[at].push(self.ask(Method::PATCH, &path, Some(add)).await?.0);
                let filter =
                    format!("/Groups?excludedAttributes=members&filter=id+eq+%22{id}%22+and+members+eq+%22{one}%22");
                finds[at].push(self.ask(Method::GET, &filter, None).await?.0);
                bare[at].push(self.ask(Method::GET, &format!("{path}?excludedAttributes=members"), None).await?.0);
                let remove = format!("members[value eq \"{one}\"]");
                let remove = json!({"Operations": [{"op": "remove", "path": remove}]});
                removes[at].push(self.ask(Method::PATCH, &path, Some(remove)).await?.0);
            }
        }
        for (what, times) in [
            ("add one member", adds),
            ("remove one member by members[value eq]", removes),
            ("read without members", bare),
            ("find by id and member", finds),
        ] {
            self.print(&line(what, &SIZES, &times));
        }
        Ok(())
    }

    async fn one_user_of_many_groups(&self) -> Result<()> {
        let one = &self.ids[LARGE..=LARGE];
        let mut times = Vec::new();
        for number in 0..GROUPS {
            times.push(self.group(&format!("Small {number}"), one).await?.0);
        }
        let (took, _) = self.ask(Method::DELETE, &format!("/Users/{}", one[0]), None).await?;
        let each = ms(median(&times));
        self.print(&format!("a user of {GROUPS} groups (made in {each:.2} ms each) is deleted in {:.1} ms", ms(took)));
        Ok(())
    }

    /// What speaks of all members, and what it takes of memory over the idle node.
    async fn whole_lists(&self) -> Result<()> {
        let idle = self.hall.serving.memory()?.resident;
        let first = self.ids[..LARGE].to_vec();
        let (took, id) = self.group("Large", &first).await?;
        self.told(&format!("create with {LARGE}"), took, idle)?;
        let path = format!("/Groups/{id}");
        let (took, read) = self.ask(Method::GET, &path, None).await?;
        self.told(&format!("read with members ({} bytes)", read.len()), took, idle)?;
        drop(read);
        let mut list = first.clone();
        list[..FEW].clone_from_slice(&self.ids[2 * LARGE..]);
        let put = |list: &[String]| json!({"displayName": "Large", "members": references(list)});
        let (took, _) = self.ask(Method::PUT, &path, Some(put(&list))).await?;
        self.told(&format!("replace by a list that differs by {FEW}"), took, idle)?;
        let other = &self.ids[LARGE + 1..=2 * LARGE];
        let (took, _) = self.ask(Method::PUT, &path, Some(put(other))).await?;
        self.told(&format!("replace by a wholly other list ({} events)", 2 * LARGE), took, idle)?;
        let (took, _) = self.ask(Method::DELETE, &path, None).await?;
        self.told(&format!("delete with {LARGE}"), took, idle)?;
        let (_, id) = self.group("By pieces", &[]).await?;
        let mut all = Duration::ZERO;
        for piece in first.chunks(1_000) {
            let add = json!({"Operations": [{"op": "add", "path": "members", "value": references(piece)}]});
            all += self.ask(Method::PATCH, &format!("/Groups/{id}"), Some(add)).await?.0;
        }
        self.told(&format!("{} PATCHes of 1,000", LARGE / 1_000), all, idle)
    }

    fn told(&self, what: &str, took: Duration, idle: u64) -> Result<()> {
        let memory = self.hall.serving.memory()?;
        self.hall.serving.forget_peak().context("clear_refs")?;
        let (peak, now) = (over(memory.peak, idle), over(memory.resident, idle));
        self.print(&format!("{what}: {:.2} s; memory over idle: at most {peak}, then {now}", took.as_secs_f64()));
        Ok(())
    }
}

fn references(members: &[String]) -> Value {
    members.iter().map(|id| json!({"value": id})).collect()
}
