//! The end of the demo: what was recorded and what arrived, and how to go on by hand.

use std::fmt;
use std::io::IsTerminal;

use serde::Serialize;
use simulator::Summary;

use super::recorded::Recorded;
use super::scene::Scene;
use super::tally::{Arrived, Tally};

#[derive(Serialize)]
pub(super) struct Report {
    /// For each directory, recorded = delivered = verified.
    ok: bool,
    url: String,
    api_key: String,
    directories: Vec<Directory>,
    all: Row,
    #[serde(skip)]
    unexpected: Vec<String>,
}

#[derive(Serialize)]
struct Directory {
    id: String,
    scim_endpoint: String,
    bearer_token: String,
    #[serde(flatten)]
    row: Row,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Row {
    name: String,
    requests: u64,
    users: u64,
    groups: u64,
    recorded: u64,
    delivered: u64,
    verified: u64,
    p50_ms: u64,
    p99_ms: u64,
}

impl Report {
    pub(super) fn new(scene: &Scene, summaries: &[Summary; 2], recorded: &Recorded, tally: &Tally) -> Self {
        let of = |id: &String| tally.of(recorded.iter().filter(|(_, of)| of.as_ref() == Some(id)).map(|(id, _)| id));
        let arrived = scene.feeds.each_ref().map(|feed| of(&feed.directory_id));
        let all = tally.of(recorded.keys());
        let directories = scene.feeds.iter().zip(summaries).zip(&arrived).map(|((feed, summary), arrived)| Directory {
            id: feed.directory_id.clone(),
            scim_endpoint: feed.target.scim.to_string(),
            bearer_token: feed.target.token.clone(),
            row: Row::new(feed.idp.name(), std::slice::from_ref(summary), arrived),
        });
        Self {
            ok: arrived.iter().all(Arrived::holds) && all.holds(),
            url: scene.public_url().to_owned(),
            api_key: scene.api.key.clone(),
            directories: directories.collect(),
            all: Row::new("all", summaries, &all),
            unexpected: summaries.iter().filter(|summary| !summary.is_clean()).map(ToString::to_string).collect(),
        }
    }

    pub(super) const fn holds(&self) -> bool {
        self.ok
    }
}

impl Row {
    fn new(name: &str, summaries: &[Summary], arrived: &Arrived) -> Self {
        let sum = |count: fn(&Summary) -> u64| summaries.iter().map(count).sum();
        Self {
            name: name.to_owned(),
            requests: sum(|summary| summary.requests),
            users: sum(|summary| summary.users.created),
            groups: sum(|summary| summary.groups.created),
            recorded: arrived.recorded,
            delivered: arrived.delivered,
            verified: arrived.verified,
            p50_ms: arrived.latency.p50_us / 1_000,
            p99_ms: arrived.latency.p99_us / 1_000,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.unexpected.iter().try_for_each(|summary| writeln!(out, "{summary}"))?;
        self.table(out)?;
        let (colour, verdict) = if self.ok {
            ("32", "Every event that was recorded was delivered and verified.")
        } else {
            ("31", "Not every event that was recorded was delivered and verified.")
        };
        if std::io::stdout().is_terminal() {
            writeln!(out, "\n  \x1b[{colour}m{verdict}\x1b[0m\n")?;
        } else {
            writeln!(out, "\n  {verdict}\n")?;
        }
        self.by_hand(out)
    }
}

impl Report {
    fn table(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "  {:<9}{:>9}{:>8}{:>8}{:>11}{:>11}{:>10}{:>10}{:>10}",
            "", "requests", "users", "groups", "recorded", "delivered", "verified", "p50", "p99"
        )?;
        let rows = self.directories.iter().map(|directory| &directory.row);
        rows.chain([&self.all]).try_for_each(|row| writeln!(out, "{row}"))
    }

    fn by_hand(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, api_key, .. } = self;
        writeln!(out, "  By hand:\n")?;
        writeln!(out, "  KEY={api_key}")?;
        writeln!(out, "  curl -H \"Authorization: Bearer $KEY\" {url}/directories")?;
        writeln!(out, "  curl -H \"Authorization: Bearer $KEY\" {url}/directory_users?limit=5")?;
        writeln!(out, "  curl -H \"Authorization: Bearer $KEY\" {url}/events?events=dsync.user.created")?;
        for Directory { scim_endpoint, bearer_token, row, .. } in &self.directories {
            writeln!(out, "\n  TOKEN={bearer_token}    # {}", row.name)?;
            writeln!(out, "  curl -H \"Authorization: Bearer $TOKEN\" {scim_endpoint}/Users?count=1")?;
        }
        Ok(())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, requests, users, groups, recorded, delivered, verified, p50_ms, p99_ms } = self;
        write!(
            out,
            "  {name:<9}{requests:>9}{users:>8}{groups:>8}{recorded:>11}{delivered:>11}{verified:>10}\
             {p50_ms:>7} ms{p99_ms:>7} ms"
        )
    }
}
