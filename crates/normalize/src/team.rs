//! Clean group document → canonical group.

use model::person::Team;
use scim::Document;

/// The canonical group. A document without a name does not get here: `displayName` is required.
pub fn team(document: &Document) -> Team {
    let mut raw = document.as_map().clone();
    model::json::settle_map(&mut raw);
    Team {
        display_name: document.text("displayName").unwrap_or_default().to_owned(),
        external_id: document.text("externalId").map(str::to_owned),
        raw,
    }
}
