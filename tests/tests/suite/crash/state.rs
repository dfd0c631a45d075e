//! Users and groups, as the REST API shows them.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::Value;
use simulator::endure::EndureReport;

use crate::tenant::{Feed, House, Tenant};

/// What was accepted is there, as it was accepted, and nothing besides.
pub(super) async fn holds(house: &House, tenant: &Tenant, feeds: &[Feed], report: &EndureReport) -> Result<()> {
    let mut users: HashMap<String, Value> = HashMap::new();
    for feed in feeds {
        let mut after = String::new();
        loop {
            let path = format!("/directory_users?limit=100&directory={}{after}", feed.id);
            let page: Value = house.api(tenant, Method::GET, &path, None).await?.json().await?;
            for user in page["data"].as_array().context("data")? {
                users.insert(user["id"].as_str().unwrap_or_default().to_owned(), user.clone());
            }
            let Some(cursor) = page["list_metadata"]["after"].as_str() else { break };
            after = format!("&after={cursor}");
        }
    }
    assert_eq!(users.len(), report.users.len(), "no more and no fewer users than were accepted");
    for expected in &report.users {
        let user = users.get(&expected.id).with_context(|| format!("{expected:?} is missing"))?;
        assert_eq!(user["username"], expected.user_name.as_str());
        // Without a title of its own a user keeps the one it was made with.
        if let Some(title) = &expected.title {
            assert_eq!(user["job_title"], title.as_str(), "{expected:?}");
        }
        assert_eq!(user["state"] == "active", expected.active, "{expected:?}");
    }
    for expected in &report.groups {
        let listed: HashSet<&str> =
            users.values().filter(|user| in_group(user, &expected.id)).filter_map(|user| user["id"].as_str()).collect();
        let wanted: HashSet<&str> = expected.members.iter().map(String::as_str).collect();
        assert_eq!(listed, wanted, "{}", expected.display_name);
    }
    Ok(())
}

fn in_group(user: &Value, group: &str) -> bool {
    user["groups"].as_array().is_some_and(|groups| groups.iter().any(|of| of["id"] == group))
}
