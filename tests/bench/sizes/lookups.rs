//! Directories of 1,000, 100,000 and 1,000,000 users.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::Value;
use tests::{Kind, until};

use crate::figures::line;
use crate::hall::{Feed, Hall, over};
use crate::people;

const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];
/// Creates are timed by so many.
const PIECE: usize = 100_000;
/// How often each question is asked at each size.
const TURNS: usize = 101;
/// Resources of a page behind a cursor.
const PAGE: usize = 100;
/// How long a node that was just started has to come to rest.
const REST: Duration = Duration::from_mins(1);

pub(crate) async fn run(kind: Kind) -> Result<()> {
    let hall = Hall::open(kind).await?;
    let mut feeds = Vec::new();
    let mut ids = Vec::new();
    for size in SIZES {
        let feed = hall.feed().await?;
        ids.push(fill(kind, &hall, &feed, size).await?);
        feeds.push(feed);
    }
    let hall = hall.begin_again().await?;
    let mut last = 0;
    let idle = until("the node to come to rest", REST, async || {
        let now = hall.serving.memory().ok()?.resident;
        (std::mem::replace(&mut last, now) == now).then_some(now)
    });
    println!("{kind:?}: idle with all of them in the database: {} resident", over(idle.await?, 0));
    ask(kind, &hall, &feeds, &ids).await?;
    hall.close().await
}

/// Fills a directory; the ids of some.
async fn fill(kind: Kind, hall: &Hall, feed: &Feed, size: usize) -> Result<Vec<String>> {
    let (mut ids, mut pace) = (Vec::new(), Vec::new());
    for from in (0..size).step_by(PIECE) {
        let to = size.min(from + PIECE);
        let (took, made) = people::create(hall, feed, from, to).await?;
        pace.push(f64::from(u32::try_from(to - from)?) / took.as_secs_f64());
        ids.extend(made.into_iter().step_by((size / 1_000).max(1)));
    }
    let each: Vec<_> = pace.iter().map(|pace| format!("{pace:.0}")).collect();
    let ratio = pace[0] / pace[pace.len() - 1];
    println!("{kind:?}: {size} users, creates/s by {PIECE}: {}; first by last {ratio:.2}", each.join(" "));
    Ok(ids)
}

/// Every question at every size in turn.
async fn ask(kind: Kind, hall: &Hall, feeds: &[Feed], ids: &[Vec<String>]) -> Result<()> {
    type Question = (&'static str, fn(usize, &str) -> String);
    let questions: [Question; 8] = [
        ("userName eq", |n, _| filter(&format!("userName eq \"{}\"", people::name(n)))),
        ("externalId eq", |n, _| filter(&format!("externalId eq \"ext-{n}\""))),
        ("id eq", |_, id| filter(&format!("id eq \"{id}\""))),
        ("emails.value eq", |n, _| filter(&format!("emails.value eq \"{}\"", people::name(n)))),
        ("emails[type eq \"work\"].value eq", |n, _| {
            filter(&format!("emails[type eq \"work\"].value eq \"{}\"", people::name(n)))
        }),
        ("displayName eq", |n, _| filter(&format!("displayName eq \"Person {n}\""))),
        ("userName eq and active eq", |n, _| {
            filter(&format!("userName eq \"{}\" and active eq true", people::name(n)))
        }),
        ("count=1", |_, _| "/Users?count=1".to_owned()),
    ];
    for (what, question) in questions {
        let mut times = vec![Vec::new(); SIZES.len()];
        for turn in 0..TURNS {
            for (at, size) in SIZES.iter().enumerate() {
                let number = turn * (size / TURNS);
                let id = &ids[at][turn % ids[at].len()];
                let (took, answer) = hall.ask(&feeds[at], Method::GET, &question(number, id), None).await?;
                ensure!(answer.contains("\"itemsPerPage\":1"), "{what}: {answer}");
                times[at].push(took);
            }
        }
        println!("{kind:?}: {}", line(what, &SIZES, &times));
    }
    deep(kind, hall, feeds).await
}

/// A page behind half of the directory: by index, and by a cursor that walked there.
async fn deep(kind: Kind, hall: &Hall, feeds: &[Feed]) -> Result<()> {
    let mut cursors = Vec::new();
    for (feed, size) in feeds.iter().zip(SIZES) {
        let start = format!("/Users?sortBy=userName&count=1&startIndex={}", size / 2);
        let took = hall.ask(feed, Method::GET, &start, None).await?.0.as_secs_f64() * 1000.0;
        println!("{kind:?}: startIndex={} of {size}, sorted by userName: {took:.1} ms", size / 2);
        let (began, mut cursor) = (Instant::now(), String::new());
        for _ in 0..size / 2 / PAGE {
            let path = format!("/Users?sortBy=userName&count={PAGE}&cursor={cursor}&attributes=userName");
            let page: Value = serde_json::from_str(&hall.ask(feed, Method::GET, &path, None).await?.1)?;
            page["nextCursor"].as_str().context("nextCursor")?.clone_into(&mut cursor);
        }
        println!("{kind:?}: half of {size} by cursor, {PAGE} a page: {:.1} s", began.elapsed().as_secs_f64());
        cursors.push(cursor);
    }
    let mut times = vec![Vec::new(); SIZES.len()];
    for _ in 0..TURNS {
        for (at, cursor) in cursors.iter().enumerate() {
            let path = format!("/Users?sortBy=userName&count={PAGE}&cursor={cursor}&attributes=userName");
            times[at].push(hall.ask(&feeds[at], Method::GET, &path, None).await?.0);
        }
    }
    println!("{kind:?}: {}", line(&format!("a page of {PAGE} by cursor, in the middle"), &SIZES, &times));
    Ok(())
}

fn filter(filter: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    format!("/Users?filter={encoded}")
}
