//! RFC 7644 section 3.4.2.2: the grammar of filters and what it means.

mod examples;
mod groups;

use anyhow::Result;

use super::people::People;
use super::probe::{ENTERPRISE, Probe, USER, query};

/// A filter, and whom it finds of Ann, Bob, Cid, Dee and Eve.
const FILTERS: [(&str, &str); 72] = [
    ("nickName eq \"Ann\"", "A"),
    ("nickName eq \"ann\"", "A"),
    ("NICKNAME EQ \"Ann\"", "A"),
    ("nickName ne \"Ann\"", "BCDE"),
    ("nickName co \"e\"", "DE"),
    ("nickName sw \"b\"", "B"),
    ("nickName ew \"D\"", "C"),
    ("nickName gt \"Bob\"", "CDE"),
    ("nickName ge \"Bob\"", "BCDE"),
    ("nickName lt \"Bob\"", "A"),
    ("nickName le \"Bob\"", "AB"),
    ("externalId eq \"X-a\"", "A"),
    ("externalId eq \"x-A\"", "B"),
    ("externalId pr", "AB"),
    ("not (externalId pr)", "CDE"),
    ("emails pr", "AB"),
    ("emails.type pr", "AB"),
    ("name.givenName pr", "D"),
    ("active eq true", "ACDE"),
    ("active eq false", "B"),
    ("active ne true", "B"),
    ("name.familyName sw \"b\"", "B"),
    ("name.familyName eq \"CRANE\"", "C"),
    ("emails eq \"ann@x.example\"", "A"),
    ("emails.value eq \"ANN@x.example\"", "A"),
    ("emails.value ew \"x.example\"", "AB"),
    ("emails.type eq \"home\"", "AB"),
    ("emails[type eq \"home\"]", "AB"),
    ("emails[type eq \"work\" and value co \"@x.example\"]", "A"),
    ("emails[type eq \"home\" and value co \"@x.example\"]", "B"),
    ("emails[not (type eq \"work\")]", "AB"),
    ("emails[primary eq true]", "A"),
    ("nickName eq \"Ann\" or nickName eq \"Bob\"", "AB"),
    ("nickName eq \"Ann\" and active eq false", ""),
    ("nickName eq \"Ann\" or nickName eq \"Bob\" and active eq true", "A"),
    ("(nickName eq \"Ann\" or nickName eq \"Bob\") and active eq false", "B"),
    ("not (nickName eq \"Ann\" or nickName eq \"Bob\")", "CDE"),
    ("not (not (nickName eq \"Cid\"))", "C"),
    ("displayName eq \"Ann \\\"Q\\\" O'Hara\"", "A"),
    ("displayName eq \"\\u0041nn \\\"Q\\\" O'Hara\"", "A"),
    ("displayName co \"\\\"\"", "A"),
    ("meta.created gt \"2000-01-01T00:00:00Z\"", "ABCDE"),
    ("meta.lastModified lt \"2000-01-01T00:00:00Z\"", ""),
    ("meta.created gt \"2000-01-01T00:00:00+02:00\"", "ABCDE"),
    ("meta.resourceType eq \"User\"", "ABCDE"),
    ("name pr", "ABCD"),
    ("nickName CO \"E\"", "DE"),
    ("nickName Pr", "ABCDE"),
    ("nickName eq \"Ann\" OR nickName eq \"Bob\"", "AB"),
    ("nickName eq \"Ann\" And active eq true", "A"),
    ("NOT (externalId pr)", "CDE"),
    ("not(externalId pr)", "CDE"),
    ("((nickName eq \"Ann\"))", "A"),
    ("not (nickName eq \"Ann\") and externalId pr", "B"),
    ("nickName eq \"Eve\" or externalId pr and nickName eq \"Ann\"", "AE"),
    ("externalId pr and nickName eq \"Ann\" or nickName eq \"Eve\"", "AE"),
    ("externalId pr and (nickName eq \"Ann\" or nickName eq \"Eve\")", "A"),
    ("externalId co \"x\"", "B"),
    ("externalId sw \"X\"", "A"),
    ("externalId ew \"a\"", "A"),
    ("externalId gt \"X\"", "AB"),
    ("externalId lt \"x\"", "A"),
    ("externalId eq null", "CDE"),
    ("externalId ne null", "AB"),
    ("emails.primary eq true", "A"),
    ("emails[type eq \"work\" or type eq \"other\"]", "A"),
    ("emails[value pr]", "AB"),
    ("emails[(type eq \"home\" or type eq \"work\") and value sw \"bob\"]", "B"),
    ("emails[type eq \"home\"] and active eq true", "A"),
    ("emails[type eq \"work\"] or emails[value ew \"@x.example\"]", "AB"),
    ("EMAILS[TYPE EQ \"work\"]", "A"),
    ("userName sw \"CONFORMANCE\"", "ABCDE"),
];

const REFUSED: [&str; 27] = [
    "nickName",
    "nickName eq",
    "nickName is \"Ann\"",
    "eq \"Ann\"",
    "nickName eq \"Ann",
    "(nickName eq \"Ann\"",
    "nickName eq \"Ann\")",
    "nickName eq \"Ann\" and",
    "nickName eq \"Ann\" nickName eq \"Bob\"",
    "shoeSize eq 43",
    "name.shoe eq \"x\"",
    "emails[type eq \"work\"",
    "emails[shoe eq \"x\"]",
    "active gt true",
    "active co \"t\"",
    "password eq \"x\"",
    "password pr",
    "active ge true",
    "x509Certificates.value gt \"AAAA\"",
    "meta.created gt \"yesterday\"",
    "nickName eq 'Ann'",
    "nickName eq \"\\x\"",
    "nickName pr \"Ann\"",
    "nickName eq \"Ann\" xor nickName eq \"Bob\"",
    "not nickName eq \"Ann\"",
    "()",
    "emails[]",
];

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let people = People::make(probe).await?;
    for (filter, expected) in FILTERS {
        let found = people.found(probe, filter).await?;
        probe.must("RFC 7644 3.4.2.2", filter, found == expected, format!("{found}, not {expected}"));
    }
    let urns = [
        (format!("{USER}:nickName eq \"Ann\""), "A"),
        (format!("{}:NICKNAME eq \"Ann\"", USER.to_lowercase()), "A"),
        (format!("{USER}:name.familyName sw \"c\""), "C"),
        (format!("{USER}:emails[type eq \"work\"]"), "A"),
        (format!("{ENTERPRISE}:department sw \"d\" or {ENTERPRISE}:department ew \"E\""), "AB"),
        (format!("schemas eq \"{ENTERPRISE}\""), "AB"),
        (format!("{ENTERPRISE}:department eq \"deck\""), "A"),
        (format!("{ENTERPRISE}:employeeNumber pr"), "A"),
        (format!("id eq \"{}\"", people.ids[2]), "C"),
        (format!("id eq \"{}\" or id eq \"{}\"", people.ids[0], people.ids[4]), "AE"),
    ];
    for (filter, expected) in urns {
        let found = people.found(probe, &filter).await?;
        probe.must("RFC 7644 3.10", filter, found == expected, format!("{found}, not {expected}"));
    }
    for filter in REFUSED {
        let answer = probe.get(&query("/Users", &[("filter", filter)])).await?;
        probe.refused("RFC 7644 3.4.2.2", filter, &answer, 400, "invalidFilter");
    }
    let none = probe.get(&query("/Users", &[("filter", "userName eq \"nobody at all\"")])).await?;
    let empty = none.status == 200 && none.at("/totalResults") == &serde_json::json!(0);
    probe.must("RFC 7644 3.4.2", "no hit is an empty list", empty, none.seen());
    examples::check(probe).await?;
    groups::check(probe).await
}
