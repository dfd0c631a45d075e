//! The examples of RFC 7644 section 3.4.2.2, and dates.

use anyhow::Result;
use serde_json::json;

use crate::conformance::people::People;
use crate::conformance::probe::{ENTERPRISE, Probe, USER, query};

/// A filter, and whom it finds of Jim, Kay, Lou and Max.
const EXAMPLES: [(&str, &str); 15] = [
    ("name.familyName co \"O'Malley\"", "J"),
    ("displayName sw \"J\"", "J"),
    ("displayName pr", "JK"),
    ("displayName pr and userType eq \"Employee\"", "JK"),
    ("displayName pr or userType eq \"Intern\"", "JKL"),
    ("userType eq \"Employee\" and (emails co \"example.com\" or emails.value co \"example.org\")", "JK"),
    ("userType ne \"Employee\" and not (emails co \"example.com\" or emails.value co \"example.org\")", "LM"),
    ("userType eq \"Employee\" and (emails.type eq \"work\")", "J"),
    ("userType eq \"Employee\" and emails[type eq \"work\" and value co \"@example.com\"]", "J"),
    ("emails[type eq \"work\" and value co \"@example.com\"] or ims[type eq \"xmpp\" and value co \"@foo.com\"]", "JM"),
    ("meta.lastModified gt \"2011-05-13T04:42:34Z\"", "JKLM"),
    ("meta.lastModified ge \"2011-05-13T04:42:34Z\"", "JKLM"),
    ("meta.lastModified lt \"2011-05-13T04:42:34Z\"", ""),
    ("meta.lastModified le \"2011-05-13T04:42:34Z\"", ""),
    ("meta.lastModified ne \"2011-05-13T04:42:34Z\"", "JKLM"),
];

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let rows = [
        json!({ "nickName": "Jim", "userType": "Employee", "displayName": "Jim", "name": { "familyName": "O'Malley" },
            "emails": [{ "value": "jim@example.com", "type": "work" }] }),
        json!({ "nickName": "Kay", "userType": "Employee", "displayName": "Kay",
            "emails": [{ "value": "kay@example.org", "type": "home" }] }),
        json!({ "nickName": "Lou", "userType": "Intern", "schemas": [USER, ENTERPRISE], ENTERPRISE: { "division": "D" } }),
        json!({ "nickName": "Max", "userType": "Guest", "ims": [{ "value": "max@foo.com", "type": "xmpp" }] }),
    ];
    let people = People::of(probe, rows).await?;
    let schemas = format!("schemas eq \"{ENTERPRISE}\"");
    let qualified = format!("{USER}:displayName sw \"J\"");
    for (filter, expected) in EXAMPLES.into_iter().chain([(schemas.as_str(), "L"), (&qualified, "J")]) {
        let found = people.found(probe, filter).await?;
        probe.must("RFC 7644 3.4.2.2", filter, found == expected, format!("{found}, not {expected}"));
    }
    dates(probe).await
}

/// In the order of time, to the instant.
async fn dates(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({})).await?;
    for (operator, count) in [("eq", 1), ("ge", 1), ("le", 1), ("ne", 0), ("gt", 0), ("lt", 0)] {
        for name in ["created", "lastModified"] {
            let at = user.text(&format!("/meta/{name}"));
            let filter = format!("id eq \"{}\" and meta.{name} {operator} \"{at}\"", user.id());
            let found = probe.get(&query("/Users", &[("filter", &filter)])).await?;
            let holds = found.at("/totalResults") == &json!(count);
            probe.must("RFC 7644 3.4.2.2", format!("meta.{name} {operator} its own"), holds, found.seen());
        }
    }
    for (offset, count) in [("-12:00", 0), ("+12:00", 1)] {
        // The same time of day, half a day later or earlier.
        let at = user.text("/meta/created").get(..19).unwrap_or_default();
        let filter = format!("id eq \"{}\" and meta.created gt \"{at}{offset}\"", user.id());
        let found = probe.get(&query("/Users", &[("filter", &filter)])).await?;
        let holds = found.at("/totalResults") == &json!(count);
        probe.must("RFC 7643 2.3.5", format!("an offset of {offset} counts"), holds, found.seen());
    }
    Ok(())
}
