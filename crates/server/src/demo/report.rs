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
    /// Every provider was content, and for each directory, recorded = delivered = verified, which are not 0.
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
    pub(super) fn new(scene: &Scene, summaries: &[Summary], recorded: &Recorded, tally: &Tally) -> Self {
        let of = |id: &String| tally.of(recorded.iter().filter(|(_, of)| of.as_ref() == Some(id)).map(|(id, _)| id));
        let arrived = scene.feeds.each_ref().map(|feed| of(&feed.directory_id));
        let all = tally.of(recorded.keys());
        let played = |idp| summaries.iter().filter(|summary| summary.idp == idp).collect::<Vec<_>>();
        let directories = scene.feeds.iter().zip(&arrived).map(|(feed, arrived)| Directory {
            id: feed.directory_id.clone(),
            scim_endpoint: feed.target.scim.to_string(),
            bearer_token: feed.target.token.clone(),
            row: Row::new(feed.idp.name(), &played(feed.idp), arrived),
        });
        Self {
            ok: holds(&arrived, summaries),
            url: scene.public_url().to_owned(),
            api_key: scene.api.key.clone(),
            directories: directories.collect(),
            all: Row::new("all", &summaries.iter().collect::<Vec<_>>(), &all),
            unexpected: summaries.iter().filter(|summary| !summary.is_clean()).map(ToString::to_string).collect(),
        }
    }

    pub(super) const fn holds(&self) -> bool {
        self.ok
    }
}

/// Each directory has its provider and its events; without either the demo would prove nothing.
fn holds(arrived: &[Arrived], summaries: &[Summary]) -> bool {
    let played = summaries.len() == arrived.len() && summaries.iter().all(Summary::is_clean);
    played && arrived.iter().all(Arrived::holds)
}

impl Row {
    fn new(name: &str, summaries: &[&Summary], arrived: &Arrived) -> Self {
        let sum = |count: fn(&Summary) -> u64| summaries.iter().copied().map(count).sum();
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
        let (colour, verdict) = match (self.ok, self.unexpected.is_empty()) {
            (true, _) => ("32", "Every event that was recorded was delivered and verified."),
            (false, true) => {
                ("31", "Not every event that was recorded was delivered and verified, or none was recorded.")
            }
            (false, false) => ("31", "A provider got what it could not live with: see above."),
        };
        if std::io::stdout().is_terminal() {
            write!(out, "\n  \x1b[{colour}m{verdict}\x1b[0m")
        } else {
            write!(out, "\n  {verdict}")
        }
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
        rows.chain([&self.all]).try_for_each(|row| writeln!(out, "{row}"))?;
        writeln!(out, "  p50 and p99: from an event's creation, just before its commit, to its arrival")
    }

    /// What to paste into a shell while it still serves.
    pub(super) fn by_hand(&self) -> String {
        let Self { url, api_key, directories, .. } = self;
        let mut lines = vec![
            String::new(),
            "  By hand, the API:".to_owned(),
            format!("    KEY={api_key}"),
            format!("    curl -H \"Authorization: Bearer $KEY\" {url}/directories"),
            format!("    curl -H \"Authorization: Bearer $KEY\" \"{url}/events?events=dsync.user.created\""),
        ];
        for Directory { scim_endpoint, bearer_token, row, .. } in directories {
            lines.push(format!("\n  SCIM, as {} does:", row.name));
            lines.push(format!("    SCIM={scim_endpoint}"));
            lines.push(format!("    TOKEN={bearer_token}"));
            lines.push("    curl -H \"Authorization: Bearer $TOKEN\" \"$SCIM/Users?count=1\"".to_owned());
        }
        lines.join("\n")
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

#[cfg(test)]
mod tests {
    use simulator::{Idp, Plan, Target};

    use super::*;

    /// What a provider says that reaches nobody.
    async fn stopped() -> Summary {
        let target = Target { scim: "http://127.0.0.1:9/scim".parse().unwrap(), token: "se_x".to_owned() };
        simulator::run(Idp::Okta, &target, &Plan::SMALL, &|_| {}).await.unwrap()
    }

    #[tokio::test]
    async fn it_holds_when_every_provider_was_content_and_every_directory_holds() {
        let stopped = stopped().await;
        let clean = Summary { stopped: None, unexpected_total: 0, ..stopped.clone() };
        let (full, empty) =
            (Arrived { recorded: 1, delivered: 1, verified: 1, ..Arrived::default() }, Arrived::default());
        assert!(holds(&[full, full], &[clean.clone(), clean.clone()]));
        assert!(!holds(&[full, full], &[clean.clone(), stopped]));
        assert!(!holds(&[full, empty], &[clean.clone(), clean.clone()]));
        assert!(!holds(&[full, full], &[clean]));
    }
}
