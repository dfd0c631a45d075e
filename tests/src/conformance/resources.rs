//! RFC 7643 sections 2 to 4, RFC 7644 sections 3.3, 3.4.1, 3.5.1, 3.6 and 3.9: create, read, replace, delete.

use anyhow::Result;
use serde_json::{Value, json};

use super::probe::{Answer, ENTERPRISE, GROUP, Probe, USER, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    created(probe).await?;
    refused(probe).await?;
    values(probe).await?;
    replaced(probe).await?;
    deleted(probe).await?;
    groups(probe).await?;
    projected(probe).await
}

async fn created(probe: &mut Probe) -> Result<()> {
    let more = json!({
        "id": "mine", "meta": { "created": "2000-01-01T00:00:00Z" }, "groups": [{ "value": "g" }], "externalId": "Ext",
        "password": "t1meMa$heen", "name": { "givenName": "Ada", "familyName": "Byron" }, "active": true,
        "emails": [{ "value": "ada@x.example", "type": "work", "primary": true }],
    });
    let made = probe.user(&more).await?;
    probe.must("RFC 7644 3.3", "a new resource is 201", made.status == 201, made.seen());
    let location = made.header("location").to_owned();
    probe.must(
        "RFC 7644 3.3",
        "Location is its meta.location",
        location == made.text("/meta/location") && !location.is_empty(),
        made.seen(),
    );
    let expected = format!("{}/Users/{}", probe.base(), made.id());
    probe.must("RFC 7644 3.3", "it is found below its endpoint", location == expected, location.clone());
    let own_id = !made.id().is_empty() && made.id() != "mine";
    probe.must("RFC 7643 3.1", "id is the server's", own_id, made.seen());
    probe.must(
        "RFC 7643 3.1",
        "externalId is the client's, its case kept",
        made.text("/externalId") == "Ext",
        made.seen(),
    );
    probe.must("RFC 7643 3.1", "meta.resourceType is User", made.text("/meta/resourceType") == "User", made.seen());
    let created = made.text("/meta/created");
    let fresh = !created.starts_with("2000") && created.contains('T') && made.text("/meta/lastModified") == created;
    probe.must("RFC 7643 3.1", "meta is the server's; lastModified is created at first", fresh, made.seen());
    probe.must("RFC 7643 3", "schemas names the core schema", made.at("/schemas") == &json!([USER]), made.seen());
    probe.must("RFC 7643 7", "password is never returned", made.at("/password").is_null(), made.seen());
    let no_groups = made.at("/groups").as_array().is_none_or(Vec::is_empty);
    probe.must("RFC 7643 4.1.2", "groups is read-only", no_groups, made.seen());
    let read = probe.get(&format!("/Users/{}", made.id())).await?;
    let own = |answer: &Answer| {
        let members = answer.body.as_object().into_iter().flatten().filter(|(name, _)| *name != "groups");
        members.map(|(name, value)| (name.clone(), value.clone())).collect::<Value>()
    };
    probe.must(
        "RFC 7644 3.4.1",
        "what is read is what was answered",
        read.status == 200 && own(&read) == own(&made),
        read.seen(),
    );
    let enterprise = probe.user(&json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: { "department": "D", "manager": { "value": made.id() } } })).await?;
    let named = enterprise.at("/schemas") == &json!([USER, ENTERPRISE]);
    probe.must("RFC 7643 3.3", "an extension that has a value is named in schemas", named, enterprise.seen());
    let pointer = format!("/{}/department", ENTERPRISE.replace('/', "~1"));
    probe.must(
        "RFC 7643 4.3",
        "the enterprise attributes are kept",
        enterprise.text(&pointer) == "D",
        enterprise.seen(),
    );
    Ok(())
}

async fn refused(probe: &mut Probe) -> Result<()> {
    let made = probe.user(&json!({})).await?;
    let name = made.text("/userName").to_owned();
    for (what, again) in
        [("the same userName", name.clone()), ("the same userName in another case", name.to_uppercase())]
    {
        let answer = probe.user(&json!({ "userName": again })).await?;
        probe.refused("RFC 7644 3.3", what, &answer, 409, "uniqueness");
    }
    for (what, body) in [
        ("a User without userName", json!({ "schemas": [USER], "title": "x" })),
        ("a Group without displayName", json!({ "schemas": [GROUP] })),
    ] {
        let path = if what.contains("Group") { "/Groups" } else { "/Users" };
        let answer = probe.post(path, &body).await?;
        probe.refused("RFC 7643 2.2", what, &answer, 400, "invalidValue");
    }
    for (what, more) in [
        ("a boolean that is a word", json!({ "active": "yes" })),
        ("a string that is a number", json!({ "title": 7 })),
        ("a complex attribute that is a number", json!({ "name": 7 })),
        ("a list of numbers for emails", json!({ "emails": [7] })),
        ("an object for a string", json!({ "displayName": { "value": "x" } })),
        ("no base64 in a certificate", json!({ "x509Certificates": [{ "value": "é" }] })),
    ] {
        let answer = probe.user(&more).await?;
        probe.refused("RFC 7643 2.3", what, &answer, 400, "invalidValue");
    }
    Ok(())
}

async fn values(probe: &mut Probe) -> Result<()> {
    let absent = probe.user(&json!({ "title": null, "emails": [], "name": {}, "nickName": null })).await?;
    let unassigned = ["/title", "/emails", "/name", "/nickName"].iter().all(|at| absent.body.pointer(at).is_none());
    probe.must("RFC 7643 2.5", "null, [] and {} are unassigned", absent.status == 201 && unassigned, absent.seen());
    let cased = probe
        .user(&json!({ "TITLE": "T", "Name": { "GIVENNAME": "G" }, "eMails": [{ "VALUE": "v@x.example" }] }))
        .await?;
    let canonical = cased.text("/title") == "T"
        && cased.text("/name/givenName") == "G"
        && cased.text("/emails/0/value") == "v@x.example";
    probe.must("RFC 7643 2.1", "attribute names are without case", canonical, cased.seen());
    let kept = probe.user(&json!({ "displayName": "E\u{301}va  ß", "title": "  padded " })).await?;
    let as_written = kept.text("/displayName") == "E\u{301}va  ß" && kept.text("/title") == "  padded ";
    probe.must("RFC 7643 2.3.1", "strings are kept as they are written", as_written, kept.seen());
    let typed = probe.user(&json!({ "phoneNumbers": [{ "value": "1", "type": "work" }, { "value": "2", "type": "mobile", "primary": true }] })).await?;
    let entries = typed.at("/phoneNumbers").as_array().map(Vec::len) == Some(2);
    probe.must("RFC 7643 2.4", "every entry of a list is kept", entries, typed.seen());
    Ok(())
}

async fn replaced(probe: &mut Probe) -> Result<()> {
    let made = probe.user(&json!({ "title": "T", "nickName": "N", "emails": [{ "value": "a@x.example" }] })).await?;
    let path = format!("/Users/{}", made.id());
    let body = json!({ "schemas": [USER], "id": "other", "meta": { "location": "x" }, "userName": made.text("/userName"), "nickName": "M" });
    let put = probe.put(&path, &body).await?;
    probe.must(
        "RFC 7644 3.5.1",
        "a replaced resource is 200 with its body",
        put.status == 200 && put.text("/nickName") == "M",
        put.seen(),
    );
    let cleared = put.body.get("title").is_none() && put.body.get("emails").is_none();
    probe.must("RFC 7644 3.5.1", "what is left out is cleared", cleared, put.seen());
    probe.must("RFC 7644 3.5.1", "read-only attributes are ignored", put.id() == made.id(), put.seen());
    let times = put.text("/meta/created") == made.text("/meta/created")
        && put.text("/meta/lastModified") >= made.text("/meta/lastModified");
    probe.must("RFC 7643 3.1", "created stays, lastModified moves", times, put.seen());
    let read = probe.get(&path).await?;
    probe.must(
        "RFC 7644 3.5.1",
        "it is so when it is read again",
        read.text("/nickName") == "M" && read.body.get("title").is_none(),
        read.seen(),
    );
    let taken = probe.user(&json!({})).await?;
    let stolen = probe.put(&path, &json!({ "schemas": [USER], "userName": taken.text("/userName") })).await?;
    probe.refused("RFC 7644 3.5.1", "a PUT with another's userName", &stolen, 409, "uniqueness");
    let absent = probe.put("/Users/nobody", &json!({ "schemas": [USER], "userName": "x" })).await?;
    probe.refused("RFC 7644 3.5.1", "a PUT never creates", &absent, 404, "");
    let unnamed = probe.put(&path, &json!({ "schemas": [USER], "title": "x" })).await?;
    probe.refused("RFC 7644 3.5.1", "a PUT without what is required", &unnamed, 400, "invalidValue");
    Ok(())
}

async fn deleted(probe: &mut Probe) -> Result<()> {
    let made = probe.user(&json!({})).await?;
    let (path, name) = (format!("/Users/{}", made.id()), made.text("/userName").to_owned());
    let gone = probe.delete(&path).await?;
    probe.must(
        "RFC 7644 3.6",
        "a deleted resource is 204 without a body",
        gone.status == 204 && gone.length == 0,
        gone.seen(),
    );
    let found = probe.get(&query("/Users", &[("filter", &format!("userName eq \"{name}\""))])).await?;
    probe.must("RFC 7644 3.6", "it is in no list", found.at("/totalResults") == &json!(0), found.seen());
    let change = json!([{ "op": "replace", "path": "title", "value": "x" }]);
    let body = json!({ "schemas": [USER], "userName": name });
    for (what, answer) in [
        ("a GET", probe.get(&path).await?),
        ("a PUT", probe.put(&path, &body).await?),
        ("a PATCH", probe.patch(&path, &change).await?),
        ("a DELETE", probe.delete(&path).await?),
    ] {
        probe.refused("RFC 7644 3.6", &format!("{what} of what was deleted"), &answer, 404, "");
    }
    let again = probe.post("/Users", &body).await?;
    let anew = again.status == 201 && again.id() != made.id();
    probe.must("RFC 7643 3.1", "its userName is free, its id is never given again", anew, again.seen());
    Ok(())
}

async fn groups(probe: &mut Probe) -> Result<()> {
    let (one, other) = (probe.user(&json!({})).await?.id(), probe.user(&json!({})).await?.id());
    let group = probe.group(&json!({ "members": [{ "value": one }, { "value": other, "type": "User" }] })).await?;
    let members = group.at("/members").as_array().cloned().unwrap_or_default();
    probe.must("RFC 7643 4.2", "a group has the members it was made with", members.len() == 2, group.seen());
    let described = members
        .iter()
        .all(|member| member["$ref"].as_str().is_some_and(|at| at.ends_with(member["value"].as_str().unwrap_or("-"))));
    probe.must("RFC 7643 2.4", "a member's $ref leads to it", described, group.seen());
    let user = probe.get(&format!("/Users/{one}")).await?;
    probe.must(
        "RFC 7643 4.1.2",
        "the user's groups name the group",
        user.text("/groups/0/value") == group.id(),
        user.seen(),
    );
    let path = format!("/Groups/{}", group.id());
    let put = probe
        .put(
            &path,
            &json!({ "schemas": [GROUP], "displayName": group.text("/displayName"), "members": [{ "value": other }] }),
        )
        .await?;
    let left = put.at("/members").as_array().map(Vec::len) == Some(1) && put.text("/members/0/value") == other;
    probe.must("RFC 7644 3.5.1", "a PUT of a group replaces its members", left, put.seen());
    probe.delete(&format!("/Users/{other}")).await?;
    let after = probe.get(&path).await?;
    let empty = after.at("/members").as_array().is_none_or(Vec::is_empty);
    probe.must("RFC 7644 3.6", "who is deleted is a member of nothing", empty, after.seen());
    Ok(())
}

async fn projected(probe: &mut Probe) -> Result<()> {
    let made = probe.user(&json!({ "title": "T", "name": { "givenName": "G", "familyName": "F" } })).await?;
    let path = format!("/Users/{}", made.id());
    let keys = |body: &Value| {
        let mut keys: Vec<_> = body.as_object().map(|body| body.keys().cloned().collect()).unwrap_or_default();
        keys.sort();
        keys
    };
    let (only, without) = (
        query(&path, &[("attributes", "title,name.givenName")]),
        query(&path, &[("excludedAttributes", "title,name.familyName")]),
    );
    let change = json!([{ "op": "replace", "path": "nickName", "value": "N" }]);
    let body = json!({ "schemas": [USER], "userName": made.text("/userName"), "title": "T", "name": { "givenName": "G", "familyName": "F" } });
    for (what, answer) in [
        ("GET", probe.get(&only).await?),
        ("PUT", probe.put(&only, &body).await?),
        ("PATCH", probe.patch(&only, &change).await?),
    ] {
        let expected = ["id", "name", "schemas", "title"];
        let holds = keys(&answer.body) == expected && answer.at("/name") == &json!({ "givenName": "G" });
        probe.must("RFC 7644 3.9", format!("attributes of a {what}: those, and id"), holds, answer.seen());
    }
    for (what, answer) in [
        ("GET", probe.get(&without).await?),
        ("PUT", probe.put(&without, &body).await?),
        ("PATCH", probe.patch(&without, &change).await?),
    ] {
        let holds = answer.body.get("title").is_none()
            && answer.at("/name") == &json!({ "givenName": "G" })
            && !answer.id().is_empty();
        probe.must("RFC 7644 3.9", format!("excludedAttributes of a {what}: all but those"), holds, answer.seen());
    }
    let name = probe.name("conformance");
    let posted = probe
        .post(
            &query("/Users", &[("attributes", "userName")]),
            &json!({ "schemas": [USER], "userName": name, "title": "T" }),
        )
        .await?;
    probe.must(
        "RFC 7644 3.9",
        "attributes of a POST: those, and id",
        keys(&posted.body) == ["id", "schemas", "userName"],
        posted.seen(),
    );
    let kept = probe.get(&query(&path, &[("excludedAttributes", "id")])).await?;
    probe.must("RFC 7643 7", "what is always returned cannot be left out", kept.id() == made.id(), kept.seen());
    let cased = probe.get(&query(&path, &[("attributes", "USERNAME")])).await?;
    probe.must("RFC 7643 2.1", "attributes are named without case", !cased.text("/userName").is_empty(), cased.seen());
    let urn = probe.get(&query(&path, &[("attributes", &format!("{USER}:title"))])).await?;
    probe.must("RFC 7644 3.10", "attributes are named by URN", urn.text("/title") == "T", urn.seen());
    Ok(())
}
