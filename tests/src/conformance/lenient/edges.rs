//! Malformed and edge input as identity providers send it (`idp/quirks.md`, section D), and what N1-N30 say of it.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::conformance::probe::{ENTERPRISE, Probe, USER, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    transport(probe).await?;
    bodies(probe).await?;
    patches(probe).await?;
    names(probe).await?;
    leavers(probe).await?;
    again(probe).await
}

async fn transport(probe: &mut Probe) -> Result<()> {
    let other = probe.get("x/Users").await?;
    probe.refused("N4", "the token of another directory", &other, 401, "");
    let multipart = [("content-type", "multipart/form-data; boundary=x")];
    let form = probe.send((Method::POST, "/Users"), &multipart, Some("--x--".to_owned())).await?;
    probe.refused("N3", "a form in parts", &form, 415, "");
    let name = probe.name("conformance");
    let body = json!({ "userName": name });
    for media_type in ["application/json; charset=utf-8", "application/scim+json;charset=UTF-8"] {
        let made = probe.post_with("/Users/?", &[("content-type", media_type)], &body).await?;
        probe.must("N3", media_type, made.status == 201 && made.is_scim(), made.seen());
        probe.delete(&format!("/Users/{}", made.id())).await?;
    }
    let user = probe.user(&json!({})).await?;
    let (id, name) = (user.id(), user.text("/userName").to_owned());
    for path in [format!("//Users//{id}//"), format!("/Users/{id}?x=1&&y"), format!("/Users/?filter=id+eq+%22{id}%22&")]
    {
        let answer = probe.get(&path).await?;
        probe.must("N5", format!("no redirect: {}", path.replace(&id, "…")), answer.status == 200, answer.seen());
    }
    for filter in [format!("USERNAME%20EQ%20%22{name}%22"), format!("userName+eq+%22{}%22", name.replace('-', "%2D"))] {
        let found = probe.get(&format!("/Users?Filter={filter}&STARTINDEX=1&Count=10&unknown=1")).await?;
        let hit = found.at("/totalResults") == &json!(1) && found.at("/startIndex") == &json!(1);
        probe.must("N2", filter.replace(&name, "…"), hit, found.seen());
    }
    let plus = probe.user(&json!({ "displayName": "one+one" })).await?.id();
    let found = probe.get(&format!("/Users?filter=id+eq+%22{plus}%22+and+displayName+eq+%22one%2Bone%22")).await?;
    probe.must("N2", "%2B is a plus", found.at("/totalResults") == &json!(1), found.seen());
    for (path, status) in [("/Users/0", 404), ("/Groups/0", 404), ("/Me", 501), ("/Devices", 404)] {
        let answer = probe.get(path).await?;
        probe.refused("quirks D", path, &answer, status, "");
    }
    let empty = probe.get("/Users?filter=").await?;
    probe.refused("N26", "an empty filter", &empty, 400, "invalidFilter");
    let lots = probe.get("/Users?count=lots").await?;
    probe.refused("quirks D", "count=lots", &lots, 400, "invalidValue");
    Ok(())
}

async fn bodies(probe: &mut Probe) -> Result<()> {
    let id = probe.user(&json!({})).await?.id();
    let entry = json!({ "value": id });
    for (rule, members, count) in [
        ("N20", json!([]), 0),
        ("N20", json!(null), 0),
        ("N10", json!(id), 1),
        ("N10", entry.clone(), 1),
        ("N10", json!([id]), 1),
        ("N22", json!([entry, entry]), 1),
        ("N22", json!([entry, { "value": "nobody" }]), 1),
        ("quirks D", json!([{ "value": id, "$ref": null, "display": "D" }]), 1),
    ] {
        let made = probe.group(&json!({ "members": members })).await?;
        let name = made.text("/displayName").to_owned();
        let put =
            probe.put(&format!("/Groups/{}", made.id()), &json!({ "displayName": name, "members": members })).await?;
        for answer in [&made, &put] {
            let listed =
                matches!(answer.status, 200 | 201) && answer.at("/members").as_array().map(Vec::len) == Some(count);
            probe.must(
                rule,
                format!("a group with members {}", members.to_string().replace(&id, "…")),
                listed,
                answer.seen(),
            );
        }
    }
    let lower = ENTERPRISE.to_lowercase();
    let manager = format!("/{ENTERPRISE}/manager/value");
    let department = format!("/{ENTERPRISE}/department");
    for (rule, body, at, expected) in [
        ("N6", json!({ "schemas": [USER.to_lowercase()], lower: { "DEPARTMENT": "D" } }), &department, json!("D")),
        ("N10", json!({ ENTERPRISE: { "manager": "boss" } }), &manager, json!("boss")),
        ("N10", json!({ ENTERPRISE: { "manager": [{ "value": "boss" }] } }), &manager, json!("boss")),
        ("quirks D", json!({ ENTERPRISE: { "manager": { "managerId": "boss" } } }), &manager, json!("boss")),
        ("N11", json!({ ENTERPRISE: { "manager": "", "department": "D" } }), &manager, Value::Null),
        ("N8", json!({ ENTERPRISE: { "manager": null, "department": "D" } }), &department, json!("D")),
    ] {
        let made = probe.user(&body).await?;
        let holds = made.status == 201 && made.at(at) == &expected;
        probe.must(rule, body.to_string(), holds, made.seen());
    }
    Ok(())
}

async fn patches(probe: &mut Probe) -> Result<()> {
    let number = format!("/{ENTERPRISE}/employeeNumber");
    let department = format!("/{ENTERPRISE}/department");
    let manager = format!("/{ENTERPRISE}/manager/value");
    let (department, number, manager) = (department.as_str(), number.as_str(), manager.as_str());
    let at_manager = format!("{ENTERPRISE}:manager");
    let cases = [
        (
            "N8",
            json!([{ "op": "replace", "value": { "id": "x", "meta": {}, "groups": [], "title": "U" } }]),
            vec![("/title", json!("U"))],
        ),
        (
            "N8",
            json!([{ "op": "replace", "value": { "password": "secret", "title": "U" } }]),
            vec![("/password", Value::Null)],
        ),
        ("N9", json!([{ "op": "Replace", "path": "active", "value": "False" }]), vec![("/active", json!(false))]),
        ("N10", json!([{ "op": "Add", "path": at_manager, "value": "boss" }]), vec![(manager, json!("boss"))]),
        (
            "N10",
            json!([{ "op": "Add", "path": "manager", "value": [{ "$ref": "x", "value": "boss" }] }]),
            vec![(manager, json!("boss"))],
        ),
        (
            "N11",
            json!([{ "op": "Add", "path": at_manager, "value": "" }]),
            vec![(manager, Value::Null), (number, json!("1"))],
        ),
        (
            "N11",
            json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": null }]),
            vec![("/emails", Value::Null)],
        ),
        (
            "N12",
            json!([{ "op": "add", "path": "shoeSize", "value": 43 }]),
            vec![("/shoeSize", Value::Null), ("/title", json!("T"))],
        ),
        (
            "N12",
            json!([{ "op": "add", "path": "urn:x:Harbour:2.0:User:berth", "value": 7 }]),
            vec![("/urn:x:Harbour:2.0:User/berth", json!(7))],
        ),
        (
            "N14",
            json!([{ "op": "replace", "path": format!("{ENTERPRISE}:DEPARTMENT"), "value": "E" }]),
            vec![(department, json!("E"))],
        ),
        (
            "N15",
            json!([{ "op": "replace", "value": { ENTERPRISE: { "department": "E" } } }]),
            vec![(department, json!("E")), (number, json!("1"))],
        ),
        (
            "N16",
            json!([{ "op": "replace", "value": { "name": { "givenName": "A" } } }, { "op": "replace", "value": { "name": { "familyName": "B" } } }]),
            vec![("/name", json!({ "givenName": "A", "familyName": "B" }))],
        ),
        ("N18", json!([{ "op": "remove", "path": "nickName" }]), vec![("/title", json!("T"))]),
        ("quirks D", json!([]), vec![("/title", json!("T"))]),
    ];
    for (rule, operations, after) in cases {
        let user = json!({
            "title": "T", "emails": [{ "value": "w@x.example", "type": "work", "primary": true }],
            ENTERPRISE: { "department": "D", "employeeNumber": "1", "manager": { "value": "old" } },
        });
        let made = probe.user(&user).await?;
        let answer = probe.patch(&format!("/Users/{}", made.id()), &operations).await?;
        let holds = answer.status == 200 && answer.id() == made.id();
        let holds = holds && after.iter().all(|(at, expected)| answer.at(at) == expected);
        probe.must(rule, operations.to_string(), holds, answer.seen());
    }
    let user = format!("/Users/{}", probe.user(&json!({ "title": "T" })).await?.id());
    for body in [
        json!({ "operations": [{ "OP": "REPLACE", "Path": "TITLE", "VALUE": "U" }] }),
        json!({ "schemas": ["urn:x"], "OPERATIONS": [{ "op": "aDD", "path": "title", "value": "U" }] }),
    ] {
        let answer = probe.send((Method::PATCH, &user), &[], Some(body.to_string())).await?;
        probe.must("N6", body.to_string(), answer.status == 200 && answer.text("/title") == "U", answer.seen());
    }
    Ok(())
}

/// N28 and N30: echoed as they are written, compared as they are meant.
async fn names(probe: &mut Probe) -> Result<()> {
    let decomposed = probe.name("E\u{301}va");
    let composed = decomposed.replace("E\u{301}", "\u{c9}");
    let made = probe.user(&json!({ "userName": decomposed })).await?;
    probe.must("N28", "a name in its own Unicode form", made.text("/userName") == decomposed, made.seen());
    for other in [composed.clone(), composed.to_lowercase()] {
        let taken = probe.user(&json!({ "userName": other })).await?;
        probe.refused("N30", "a name in another Unicode form", &taken, 409, "uniqueness");
        let found = probe.get(&query("/Users", &[("filter", &format!("userName eq \"{other}\""))])).await?;
        let echoed = found.text("/Resources/0/userName") == decomposed;
        probe.must("N27", "is found by another Unicode form", echoed, found.seen());
    }
    let bare = probe.user(&json!({ "name": { "givenName": "G", "familyName": "F" } })).await?;
    let invented = bare.at("/displayName").is_null() && bare.at("/name/formatted").is_null();
    probe.must("N28", "nothing is invented", invented && bare.at("/active").is_boolean(), bare.seen());
    Ok(())
}

/// N25: who is inactive is there, and stays in their groups.
async fn leavers(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({})).await?;
    let group = probe.group(&json!({ "members": [{ "value": user.id() }] })).await?.id();
    let path = format!("/Users/{}", user.id());
    probe.patch(&path, &json!([{ "op": "replace", "value": { "active": false } }])).await?;
    let by_name = query("/Users", &[("filter", &format!("userName eq \"{}\"", user.text("/userName")))]);
    let (read, found) = (probe.get(&path).await?, probe.get(&by_name).await?);
    probe.must("N25", "who is inactive is read", read.at("/active") == &json!(false), read.seen());
    probe.must("N25", "who is inactive is found", found.at("/totalResults") == &json!(1), found.seen());
    probe.must("N25", "who is inactive has groups", read.text("/groups/0/value") == group, read.seen());
    let members = probe.get(&format!("/Groups/{group}")).await?;
    probe.must("N25", "who is inactive is a member", members.text("/members/0/value") == user.id(), members.seen());
    Ok(())
}

/// N30 and N29.
async fn again(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({ "title": "T" })).await?;
    let group = probe.group(&json!({ "members": [{ "value": user.id() }] })).await?;
    for path in [format!("/Users/{}", user.id()), format!("/Groups/{}", group.id())] {
        let before = probe.get(&path).await?;
        let put = probe.put(&path, &before.body).await?;
        let after = probe.get(&path).await?;
        let same = put.status == 200 && after.body == before.body;
        probe.must("N30", "a PUT of what was read changes nothing", same, after.seen());
    }
    let path = format!("/Groups/{}", group.id());
    let before = probe.get(&path).await?;
    let member = json!([{ "value": user.id() }]);
    for operation in [
        json!({ "op": "add", "path": "members", "value": member }),
        json!({ "op": "replace", "path": "members", "value": member }),
        json!({ "op": "replace", "value": { "id": group.id(), "displayName": group.text("/displayName") } }),
        json!({ "op": "remove", "path": "members[value eq \"nobody\"]" }),
    ] {
        let done = probe.patch(&path, &json!([operation])).await?;
        let after = probe.get(&path).await?;
        let same = done.status == 204 && after.body == before.body;
        probe.must("N30", format!("again: {operation}"), same, format!("{} then {}", done.seen(), after.seen()));
    }
    let first = probe.get("/Users?startIndex=1&count=100").await?;
    let second = probe.get("/Users?startIndex=1&count=100").await?;
    probe.must("N29", "the order stays", first.all("/Resources") == second.all("/Resources"), first.length.to_string());
    Ok(())
}
