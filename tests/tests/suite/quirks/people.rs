//! Users: how they come, change and go.

use anyhow::{Context, Result};
use futures::future::try_join;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use super::{Scene, USER};

on_each_database!(
    a_user_is_made_inactive,
    a_retried_post_makes_nobody,
    a_user_name_changes,
    a_put_alone_takes_access_away,
    what_is_not_sent_stays,
    names_are_one_in_all_forms,
    addresses_without_a_type,
    core_attributes_alone,
    a_stale_full_name_is_not_believed,
    a_password_is_nowhere,
    an_update_is_not_refused_for_its_form,
    probes_leave_nothing,
);

/// `any-create-inactive`.
async fn a_user_is_made_inactive(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    for (name, active) in [("a", json!(false)), ("b", json!("False"))] {
        let (status, made) =
            scene.ask(Method::POST, "/Users", Some(json!({"userName": name, "active": active}))).await?;
        assert_eq!((status, &made["active"]), (201, &json!(false)), "{active}");
        let id = made["id"].as_str().context("an id")?;
        assert_eq!(scene.shown(&format!("/directory_users/{id}")).await?["state"], "inactive", "{active}");
        let last = scene.events().await?.pop().context("an event")?;
        assert_eq!((&last["event"], &last["data"]["id"]), (&json!("dsync.user.created"), &json!(id)));
        assert_eq!(last["data"]["state"], "inactive", "{active}");
    }
    assert_eq!(scene.news().await?, ["user.created", "user.created"]);
    Ok(())
}

/// `any-post-retry`: one after the other, and both at once.
async fn a_retried_post_makes_nobody(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let post = async |name: &str| scene.ask(Method::POST, "/Users", Some(json!({"userName": name}))).await;
    for answers in [[post("a").await?, post("a").await?], try_join(post("b"), post("b")).await?.into()] {
        let mut statuses = answers.clone().map(|(status, _)| status);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{answers:?}");
        let refused = answers.iter().find(|(status, _)| *status == 409).context("a refusal")?;
        assert_eq!(refused.1["scimType"], "uniqueness");
    }
    assert_eq!(scene.read("/Users").await?["totalResults"], 2);
    assert_eq!(scene.news().await?, ["user.created", "user.created"]);
    Ok(())
}

/// `any-username-change`.
async fn a_user_name_changes(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let id = scene.made("/Users", json!({"userName": "maid@x.example", "externalId": "7"})).await?;
    let renamed = json!([{"op": "replace", "value": {"userName": "wed@x.example"}}]);
    let read = scene.patch(&format!("/Users/{id}"), &renamed).await?;
    assert_eq!(
        (&read["id"], &read["userName"], &read["externalId"]),
        (&json!(id), &json!("wed@x.example"), &json!("7"))
    );
    assert_eq!(scene.found("/Users", "userName eq \"maid@x.example\"").await?, [""; 0]);
    assert_eq!(scene.found("/Users", "userName eq \"WED@x.example\"").await?, [id.as_str()]);
    assert_eq!(scene.shown(&format!("/directory_users/{id}")).await?["username"], "wed@x.example");
    assert_eq!(scene.news().await?, ["user.created", "user.updated"]);
    assert_ne!(scene.made("/Users", json!({"userName": "maid@x.example"})).await?, id);
    Ok(())
}

/// `okta-aiw-put-only`: what was read is put again, with another state.
async fn a_put_alone_takes_access_away(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let id = scene.made("/Users", json!({"userName": "u", "title": "T", "emails": [{"value": "u@x.example"}]})).await?;
    let group = scene.made("/Groups", json!({"displayName": "G", "members": [{"value": id}]})).await?;
    let path = format!("/Users/{id}");
    for (active, state) in [(false, "inactive"), (true, "active")] {
        let mut body = scene.read(&path).await?;
        body["active"] = active.into();
        let put = scene.put(&path, body).await?;
        assert_eq!((&put["active"], &put["title"]), (&json!(active), &json!("T")));
        assert_eq!(scene.shown(&format!("/directory_users/{id}")).await?["state"], state);
        assert_eq!(scene.members(&group).await?, [id.as_str()], "{state}");
        let last = scene.events().await?.pop().context("an event")?;
        assert_eq!((&last["event"], &last["data"]["state"]), (&json!("dsync.user.updated"), &json!(state)));
        assert!(last["data"]["previous_attributes"]["state"].is_string(), "{last}");
    }
    assert_eq!(scene.news().await?.len(), 5);
    Ok(())
}

/// `entra-never-clears`: an attribute that a client no longer has is not mentioned.
async fn what_is_not_sent_stays(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let body = json!({"userName": "u", "title": "T", "department": "D", "emails": [{"value": "u@x.example"}]});
    let id = scene.made("/Users", body).await?;
    let operations = json!([{"op": "Replace", "path": "displayName", "value": "N"}]);
    let read = scene.patch(&format!("/Users/{id}"), &operations).await?;
    assert_eq!((&read["title"], &read["emails"][0]["value"]), (&json!("T"), &json!("u@x.example")));
    let shown = scene.shown(&format!("/directory_users/{id}")).await?;
    assert_eq!((&shown["job_title"], &shown["custom_attributes"]["department_name"]), (&json!("T"), &json!("D")));
    let last = scene.events().await?.pop().context("an event")?;
    assert!(last["data"]["previous_attributes"].get("job_title").is_none(), "{last}");
    Ok(())
}

/// `any-unicode-echo`: what is written is answered, what is compared is its one form.
async fn names_are_one_in_all_forms(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let (decomposed, composed) = ("A\u{30a}se@x.example", "\u{c5}SE@x.example");
    let id = scene.made("/Users", json!({"userName": decomposed, "displayName": "A\u{30a}se"})).await?;
    assert_eq!(scene.ask(Method::POST, "/Users", Some(json!({"userName": composed}))).await?.0, 409);
    for filter in [format!("userName eq \"{composed}\""), "displayName eq \"\u{e5}se\"".to_owned()] {
        assert_eq!(scene.found("/Users", &filter).await?, [id.as_str()], "{filter}");
    }
    let read = scene.read(&format!("/Users/{id}")).await?;
    assert_eq!((&read["userName"], &read["displayName"]), (&json!(decomposed), &json!("A\u{30a}se")));
    let again = json!([{"op": "replace", "path": "displayName", "value": "A\u{30a}se"}]);
    scene.patch(&format!("/Users/{id}"), &again).await?;
    assert_eq!(scene.news().await?, ["user.created"]);
    Ok(())
}

/// `okta-untyped-email`, `keycloak-untyped-email`, `authentik-email-type-other`, `any-no-email`, `any-empty-string-is-absent`.
async fn addresses_without_a_type(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let (a, b) = (json!({"value": "a@x.example"}), json!({"value": "b@x.example"}));
    let cases = [
        ("1", json!([{"primary": true, "value": "a@x.example"}]), json!("a@x.example")),
        ("2", json!([{"value": "b@x.example"}, {"primary": true, "value": "a@x.example"}]), json!("a@x.example")),
        ("3", json!([a, b]), json!("a@x.example")),
        ("4", json!([b, {"value": "a@x.example", "type": "other", "primary": true}]), json!("a@x.example")),
        ("5", json!([{"value": ""}]), Value::Null),
        ("6", Value::Null, Value::Null),
        ("7@x.example", json!([]), json!("7@x.example")),
    ];
    for (name, emails, expected) in cases {
        let id = scene.made("/Users", json!({"userName": name, "emails": emails})).await?;
        assert_eq!(scene.shown(&format!("/directory_users/{id}")).await?["email"], expected, "{emails}");
        let read = scene.read(&format!("/Users/{id}")).await?;
        let sent = emails.as_array().filter(|sent| sent.iter().any(|email| email["value"] != ""));
        let kept = read.get("emails").and_then(Value::as_array);
        assert_eq!(kept, sent, "nothing is invented: {read}");
    }
    Ok(())
}

/// `jumpcloud-core-only`.
async fn core_attributes_alone(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let body = json!({
        "schemas": [USER], "userName": "u", "name": {"givenName": "G", "familyName": "F"}, "displayName": "N",
        "emails": [{"value": "u@x.example", "primary": true}], "title": "T", "active": true,
        "phoneNumbers": [{"value": "1", "type": "work"}], "addresses": [{"locality": "L", "type": "work"}],
    });
    let id = scene.made("/Users", body).await?;
    let custom = scene.shown(&format!("/directory_users/{id}")).await?["custom_attributes"].take();
    assert_eq!(custom["job_title"], "T");
    for name in
        ["department_name", "division_name", "cost_center_name", "employee_number", "organization", "manager_id"]
    {
        assert_eq!(custom.get(name), Some(&Value::Null), "{name}");
    }
    assert_eq!(scene.read(&format!("/Users/{id}")).await?["schemas"], json!([USER]));
    Ok(())
}

/// `okta-stale-formatted`.
async fn a_stale_full_name_is_not_believed(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let id =
        scene.made("/Users", json!({"userName": "u", "name": {"givenName": "Tobiah", "familyName": "Lind"}})).await?;
    let read = scene.read(&format!("/Users/{id}")).await?;
    assert_eq!((&read["name"], read.get("displayName")), (&json!({"givenName": "Tobiah", "familyName": "Lind"}), None));
    let name = json!({"formatted": "Tobiah Lind", "givenName": "Tobias", "familyName": "Lind-Moe"});
    let put = scene.put(&format!("/Users/{id}"), json!({"userName": "u", "name": name})).await?;
    assert_eq!(put["name"], name);
    let shown = scene.shown(&format!("/directory_users/{id}")).await?;
    assert_eq!(shown["name"], "Tobias Lind-Moe");
    Ok(())
}

/// N8, `okta-password-always`: not kept, not answered, not told, not logged.
async fn a_password_is_nowhere(database: Database) -> Result<()> {
    const SECRET: &str = "Zx4-qmPd-8h1k";
    let scene = Scene::set(&database).await?;
    let body = json!({"userName": "u", "password": SECRET, "active": true});
    let (status, made) = scene.ask(Method::POST, "/Users", Some(body.clone())).await?;
    assert_eq!(status, 201, "{made}");
    let path = format!("/Users/{}", made["id"].as_str().context("an id")?);
    let mut told = vec![made, scene.put(&path, body).await?];
    for operation in [
        json!({"op": "replace", "value": {"password": SECRET}}),
        json!({"op": "replace", "path": "password", "value": SECRET}),
        json!({"op": "replace", "path": format!("{USER}:password"), "value": SECRET}),
    ] {
        told.push(scene.patch(&path, &json!([operation])).await?);
    }
    told.push(scene.ask(Method::PATCH, &path, Some(json!({"Operations": [{"op": "move", "value": SECRET}]}))).await?.1);
    told.push(scene.shown("/directory_users").await?);
    told.extend(scene.events().await?);
    assert_eq!(scene.news().await?, ["user.created"]);
    for answer in told {
        assert!(!answer.to_string().contains(SECRET), "{answer}");
    }
    assert!(!scene.house.serving.output().contains(SECRET));
    Ok(())
}

/// `keycloak-400-means-recreate`, `keycloak-bool-string`: a client that is told 400 makes the user anew.
async fn an_update_is_not_refused_for_its_form(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let id = scene.made("/Users", json!({"userName": "u", "name": {"givenName": "G"}})).await?;
    let path = format!("/Users/{id}");
    for more in [
        json!({"active": "true", "schemas": null}),
        json!({"emails": {"value": "u@x.example"}, "id": null, "meta": {}, "groups": [{"value": "g"}]}),
        json!({"name": {"givenName": "", "familyName": " "}, "title": "", "emails": [{"value": ""}], "roles": []}),
        json!({"schemas": ["urn:scim:schemas:core:1.0"], "shoeSize": 43, "displayName": ["N"], "manager": "nobody"}),
        json!({"emails": [{"value": "a", "primary": "true"}, {"value": "a", "primary": true}], "password": "p"}),
    ] {
        let mut body = json!({"userName": "u"});
        body.as_object_mut().context("a body")?.extend(more.as_object().context("more")?.clone());
        assert_eq!(scene.put(&path, body).await?["id"], id, "{more}");
    }
    for operations in [
        json!([]),
        json!([{"op": "Replace", "path": "active", "value": "false"}, {"op": "replace", "path": "userName", "value": "u"},
               {"op": "replace", "path": "displayName", "value": "D"}]),
        json!([{"path": null, "value": {"id": "x", "active": ["True"]}}]),
        json!([{"op": "replace", "path": "emails[primary eq true].value", "value": "b"}]),
        json!([{"op": "remove", "path": "phoneNumbers[type eq \"fax\"]"}, {"op": "remove", "path": "shoeSize"}]),
    ] {
        assert_eq!(scene.patch(&path, &operations).await?["id"], id, "{operations}");
    }
    let read = scene.read(&path).await?;
    assert_eq!((&read["active"], &read["displayName"]), (&json!(true), &json!("D")));
    assert_eq!(scene.read("/Users").await?["totalResults"], 1);
    Ok(())
}

/// `jumpcloud-test-objects`: a test of the connection makes a user and a group, and deletes them.
async fn probes_leave_nothing(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    for _ in 0..2 {
        let user = scene.made("/Users", json!({"userName": "probe@x.example", "active": true})).await?;
        let group = scene.made("/Groups", json!({"displayName": "Probe", "members": [{"value": user}]})).await?;
        for path in [format!("/Groups/{group}"), format!("/Users/{user}")] {
            assert_eq!(scene.ask(Method::DELETE, &path, None).await?.0, 204, "{path}");
        }
    }
    for list in ["/Users", "/Groups"] {
        assert_eq!(scene.read(list).await?["totalResults"], 0, "{list}");
    }
    let one = ["user.created", "group.created", "group.user_added", "group.deleted", "user.deleted"];
    assert_eq!(scene.news().await?, [one, one].concat());
    Ok(())
}
