//! Users to be found, and how they are found.

use anyhow::Result;
use serde_json::{Value, json};

use super::probe::{ENTERPRISE, Probe, USER, query};

/// Names of users of one run, and the id of each by its nickname.
pub(super) struct People {
    /// A filter that leaves these alone.
    pub(super) scope: String,
    pub(super) ids: Vec<String>,
}

impl People {
    /// Ann (active, work mail, department), Bob (inactive, home mail), Cid (no mail), Dee and Eve.
    pub(super) async fn make(probe: &mut Probe) -> Result<Self> {
        let rows = [
            json!({ "nickName": "Ann", "externalId": "X-a", "active": true, "displayName": "Ann \"Q\" O'Hara",
                "emails": [{ "value": "ann@x.example", "type": "work", "primary": true }, { "value": "a@home.example", "type": "home" }],
                "name": { "familyName": "Albatross" }, "schemas": [USER, ENTERPRISE], ENTERPRISE: { "department": "Deck", "employeeNumber": "1" } }),
            json!({ "nickName": "Bob", "externalId": "x-A", "active": false, "emails": [{ "value": "bob@x.example", "type": "home" }],
                "name": { "familyName": "Bittern" }, "schemas": [USER, ENTERPRISE], ENTERPRISE: { "department": "Engine" } }),
            json!({ "nickName": "Cid", "active": true, "name": { "familyName": "Crane" } }),
            json!({ "nickName": "Dee", "active": true, "name": { "familyName": "Dove", "givenName": "Dee" } }),
            json!({ "nickName": "Eve", "active": true }),
        ];
        Self::of(probe, rows).await
    }

    /// Users with these attributes; each has a nickname, whose initial no other has.
    pub(super) async fn of(probe: &mut Probe, rows: impl IntoIterator<Item = Value>) -> Result<Self> {
        let title = probe.name("Crew");
        let mut ids = Vec::new();
        for mut row in rows {
            row["title"] = title.as_str().into();
            ids.push(probe.user(&row).await?.id());
        }
        Ok(Self { scope: format!("title eq \"{title}\""), ids })
    }

    /// The initials of those whom a filter finds.
    pub(super) async fn found(&self, probe: &Probe, filter: &str) -> Result<String> {
        let answer = probe
            .get(&query("/Users", &[("filter", &format!("{} and ({filter})", self.scope)), ("count", "100")]))
            .await?;
        if answer.status != 200 {
            return Ok(answer.seen());
        }
        let found = answer.at("/Resources").as_array().cloned().unwrap_or_default();
        let mut initials: Vec<_> = found.iter().filter_map(|user| user["nickName"].as_str()?.chars().next()).collect();
        initials.sort_unstable();
        Ok(initials.into_iter().collect())
    }
}
