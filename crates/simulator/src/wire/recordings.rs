//! Every request that the simulator builds equals the recorded one, byte for byte in path and headers, value for value
//! in the body, when the recording's person is put in.

use serde_json::{Value, json};

use super::{Idp, Member, Request, Step};
use crate::cast::{Details, Group, Person};

const ENTRA: &str = include_str!("../../../../tests/idp/recordings/entra-default-lifecycle.json");
const OKTA: &str = include_str!("../../../../tests/idp/recordings/okta-oin-lifecycle.json");
const OKTA_GROUPS: &str = include_str!("../../../../tests/idp/recordings/okta-group-push.json");
const OKTA_IMPORT: &str = include_str!("../../../../tests/idp/recordings/okta-import.json");

/// Ids in recordings are variables, and taken as they are.
const USER_ID: &str = "{{user.id}}";
const GROUP_ID: &str = "{{group.id}}";

fn check(idp: Idp, recording: &str, name: &str, built: &Request) {
    let steps: Vec<Value> = serde_json::from_str(recording).unwrap();
    let step = steps.iter().find(|step| step["name"] == name).unwrap();
    assert_eq!(built.method.as_str(), step["method"], "{name}");
    assert_eq!(built.path.replace("%7B", "{").replace("%7D", "}"), step["path"].as_str().unwrap(), "{name}");
    assert_eq!(built.body.clone().unwrap_or_default(), step["body"], "{name}");
    assert_eq!(headers(idp, built), step["headers"], "{name}");
}

/// With the names in the case that a wire shows.
fn headers(idp: Idp, built: &Request) -> Value {
    let wire = idp.wire();
    let mut headers = json!({"Authorization": built.authorization.unwrap_or("Bearer {{token}}")});
    if built.body.is_some() {
        headers["Content-Type"] = json!(wire.content_type());
    }
    for (name, value) in wire.headers() {
        let words = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
        headers[words.collect::<Vec<_>>().join("-")] = json!(value);
    }
    headers
}

fn only(steps: &[Step]) -> &Request {
    let [step] = steps else { panic!("{steps:?}") };
    &step.request
}

fn person(given: &str, family: &str) -> Person {
    let nickname = format!("{given}.{family}").to_lowercase();
    Person {
        number: 0,
        user_name: format!("{nickname}@fennimoretidal.example"),
        email: Some(format!("{nickname}@fennimoretidal.example")),
        nickname,
        source_id: String::new(),
        given_name: Some(given.to_owned()),
        family_name: Some(family.to_owned()),
        display_name: format!("{given} {family}"),
        password: "Zx4!qmPd".to_owned(),
        details: None,
        manager: None,
    }
}

fn ottilie() -> Person {
    let details = Details {
        title: "Deck Officer".to_owned(),
        department: "Pilotage".to_owned(),
        cost_center: None,
        employee_number: "FT-0042".to_owned(),
        language: "nb-NO".to_owned(),
        city: "Bergen".to_owned(),
        country: "NO".to_owned(),
        street: None,
        phone: "+47 5500 0101".to_owned(),
        mobile: None,
        nick_name: None,
    };
    Person { details: Some(details), source_id: "x".to_owned(), ..person("Ottilie", "Brandvold") }
}

fn ottilie_married() -> Person {
    let before = ottilie();
    let details = Details {
        department: "Vessel Traffic".to_owned(),
        cost_center: Some("CC-310".to_owned()),
        street: Some("Kaigaten 9".to_owned()),
        mobile: Some("+47 4000 0777".to_owned()),
        nick_name: Some("Otti".to_owned()),
        ..before.details.clone().unwrap()
    };
    Person {
        family_name: Some("Brandvold-Aas".to_owned()),
        display_name: "Ottilie Brandvold-Aas".to_owned(),
        email: Some("ottilie.aas@fennimoretidal.example".to_owned()),
        details: Some(details),
        ..before
    }
}

fn member(id: &str, given: &str, family: &str) -> Member {
    Member { id: id.to_owned(), user_name: person(given, family).user_name }
}

fn group(name: &str, source_id: &str) -> Group {
    let (display_name, source_id) = (name.to_owned(), source_id.to_owned());
    Group { number: 0, display_name, source_id, members: Vec::new(), newcomer: None }
}

#[test]
fn entra_users() {
    let entra = |name, request: &Request| check(Idp::Entra, ENTRA, name, request);
    let wire = Idp::Entra.wire();
    entra("test-connection-users", &wire.find_user("7c1f0d0e-3f54-4b0e-9a57-5b3e8a1d6c42"));
    entra("match-manager", &wire.find_user("casimir.wrenfield@fennimoretidal.example"));
    entra("create-manager", &wire.create_user(&person("Casimir", "Wrenfield")));
    entra("create-user", &wire.create_user(&ottilie()));
    entra("create-duplicate-user", only(&wire.refusals(&person("Ottilie", "Brandvold"))));
    entra("read-before-update", &wire.read_user(USER_ID));
    let references = wire.set_manager(USER_ID, "{{mgr.id}}");
    let names = ["reference-check-manager", "set-manager-bare-string", "reference-check-manager-hit"];
    references.iter().zip(names).for_each(|(step, name)| entra(name, &step.request));
    entra("remove-manager", only(&wire.clear_manager(USER_ID)));
    let [gone, readable] = &wire.deactivate(USER_ID)[..] else { panic!() };
    entra("disable-user", &gone.request);
    entra("inactive-user-still-readable", &readable.request);
    let [matched, back] = &wire.reactivate(USER_ID, &ottilie())[..] else { panic!() };
    entra("inactive-user-still-matches", &matched.request);
    entra("reactivate-user", &back.request);
    let deleted = wire.delete_user(USER_ID);
    let names = ["hard-delete-user-after-30-days", "delete-user-again"];
    deleted.iter().zip(names).for_each(|(step, name)| entra(name, &step.request));
}

#[test]
fn entra_updates() {
    let steps = Idp::Entra.wire().update_user(USER_ID, &Value::Null, &ottilie(), &ottilie_married());
    let [many, alias, role, lead, noop] = &steps[..] else { panic!("{steps:?}") };
    check(Idp::Entra, ENTRA, "update-many-paths", &many.request);
    check(Idp::Entra, ENTRA, "role-path-with-string-boolean", &lead.request);
    check(Idp::Entra, ENTRA, "periodic-noop-active-true", &noop.request);
    let path = |step: &Step| step.request.body.as_ref().unwrap()["Operations"][0]["path"].clone();
    assert_eq!([path(alias), path(role)], [json!("emails[type eq \"other\"].value"), json!("roles")]);
    let role = &role.request.body.as_ref().unwrap()["Operations"][0]["value"][0]["value"];
    let inside: Value = serde_json::from_str(role.as_str().unwrap()).unwrap();
    assert_eq!(inside["value"], "berth.planner");
}

#[test]
fn entra_groups() {
    let entra = |name, request: &Request| check(Idp::Entra, ENTRA, name, request);
    let wire = Idp::Entra.wire();
    let (user, boss) = (member(USER_ID, "a", "b"), member("{{mgr.id}}", "c", "d"));
    entra("test-connection-groups", &wire.find_group("0f4c4a1b-64d7-4a7f-8a38-7f6e3c0b9d11"));
    entra("match-group", &wire.find_group("Harbour Pilots"));
    let pilots = group("Harbour Pilots", "5a0d6d0e-2f0e-4b0f-9f0b-1d9c0b7d4e55");
    entra("create-group", &wire.create_group(&pilots, std::slice::from_ref(&user)));
    let filled = wire.fill_group(GROUP_ID, &[user.clone(), boss.clone()]);
    let names =
        ["add-two-members-one-op", "re-add-existing-member", "reference-check-member", "read-group-without-members"];
    filled.iter().zip(names).for_each(|(step, name)| entra(name, &step.request));
    assert_eq!(filled.len(), names.len());
    let swapped = wire.swap_members(GROUP_ID, &user, &boss);
    entra("remove-one-member", &swapped[0].request);
    entra("remove-member-again", &swapped[2].request);
    entra("rename-group", only(&wire.rename_group(GROUP_ID, "Harbour Pilots North")));
    entra("delete-group", only(&wire.delete_group(GROUP_ID)));
}

#[test]
fn okta_users() {
    let okta = |name, request: &Request| check(Idp::Okta, OKTA, name, request);
    let wire = Idp::Okta.wire();
    let tobiah = Person { source_id: "4k2m9xQe7Vb1nT5d8".to_owned(), ..person("Tobiah", "Lindqvist") };
    let probes = wire.probe(&mut rand::SeedableRng::seed_from_u64(0));
    let names = ["test-credentials", "save-config-list-groups"];
    probes.iter().zip(names).for_each(|(step, name)| okta(name, &step.request));
    okta("match-user", &wire.find_user(&tobiah.user_name));
    okta("create-user", &wire.create_user(&tobiah));
    okta("update-read", &wire.read_user(USER_ID));
    okta("deactivate", only(&wire.deactivate(USER_ID)));
    let [matched, back] = &wire.reactivate(USER_ID, &tobiah)[..] else { panic!() };
    okta("rematch-on-reassign", &matched.request);
    okta("reactivate", &back.request);
    let [_, unknown, intruder] = &wire.refusals(&tobiah)[..] else { panic!() };
    okta("read-unknown", &unknown.request);
    okta("bad-token", &intruder.request);
}

#[test]
fn okta_puts_its_view_over_what_it_read() {
    let before = Person { source_id: "4k2m9xQe7Vb1nT5d8".to_owned(), ..person("Tobiah", "Lindqvist") };
    let mut after = before.clone();
    after.given_name = Some("Tobias".to_owned());
    after.display_name = "Tobias Lindqvist".to_owned();
    after.password = "R0tat3d-9".to_owned();
    let mut read = Idp::Okta.wire().create_user(&before).body.unwrap();
    read.as_object_mut().unwrap().remove("password");
    read["id"] = json!(USER_ID);
    read["meta"] = json!({"resourceType": "User", "location": "{{user.location}}"});
    let update = |read: &Value, after: &Person| Idp::Okta.wire().update_user(USER_ID, read, &before, after);

    let mut decorated = read.clone();
    decorated["emails"][0]["display"] = json!(before.email);
    decorated["name"]["middleName"] = json!("Kjell");
    let [put, password] = &update(&decorated, &after)[..] else { panic!() };
    check(Idp::Okta, OKTA, "update-put", &put.request);
    check(Idp::Okta, OKTA, "password-sync", &password.request);

    read["name"]["formatted"] = json!("Tobiah Lindqvist");
    after.family_name = Some("Lindqvist-Moe".to_owned());
    after.display_name = "Tobias Lindqvist-Moe".to_owned();
    check(Idp::Okta, OKTA, "update-put-with-stale-formatted", &update(&read, &after)[0].request);
}

#[test]
fn okta_groups() {
    let okta = |name, request: &Request| check(Idp::Okta, OKTA_GROUPS, name, request);
    let wire = Idp::Okta.wire();
    let a = member("{{a.id}}", "Solveig", "Anquetil");
    let b = member("{{b.id}}", "Bruno", "Cattermole");
    let c = member("{{c.id}}", "Yuki", "Penhallow");
    okta("match-group", &wire.find_group("Night Watch"));
    okta("create-empty-group", &wire.create_group(&group("Night Watch", ""), std::slice::from_ref(&a)));
    let [read, push] = &wire.fill_group(GROUP_ID, &[a.clone(), b])[..] else { panic!() };
    okta("read-group", &read.request);
    okta("full-push-replace-members", &push.request);
    okta("rename-path-less-with-id", only(&wire.rename_group(GROUP_ID, "Night Watch West")));
    okta("remove-and-add-in-one", &wire.swap_members(GROUP_ID, &a, &c)[0].request);
    okta("unknown-member-must-not-fail-push", &wire.swap_members(GROUP_ID, &c, &a)[1].request);
    let [all, late] = &wire.empty_group(GROUP_ID, &[a])[..] else { panic!() };
    okta("push-now-empty", &all.request);
    okta("remove-absent-member", &late.request);
    okta("delete-group", only(&wire.delete_group(GROUP_ID)));
}

#[test]
fn okta_imports() {
    let wire = Idp::Okta.wire();
    let okta = |name, resource, start| {
        check(Idp::Okta, OKTA_IMPORT, name, &wire.import_page(resource, start).unwrap());
    };
    okta("import-page-1", super::Resource::Users, 1);
    okta("import-page-past-end", super::Resource::Users, 101);
    okta("import-groups", super::Resource::Groups, 1);
}

#[test]
fn large_groups_are_pushed_in_pieces() {
    let members: Vec<Member> = (0..250).map(|number| member(&number.to_string(), "a", "b")).collect();
    let sizes = |steps: &[Step], op: &str| -> Vec<usize> {
        let operations = steps.iter().filter_map(|step| Some(&step.request.body.as_ref()?["Operations"][0]));
        operations.filter(|it| it["op"] == op).map(|it| it["value"].as_array().unwrap().len()).collect()
    };
    let okta = Idp::Okta.wire().fill_group(GROUP_ID, &members);
    assert_eq!((sizes(&okta, "replace"), sizes(&okta, "add")), (vec![100], vec![100, 50]));
    assert_eq!(sizes(&Idp::Entra.wire().fill_group(GROUP_ID, &members), "Add"), [100, 100, 50, 1]);
    assert_eq!(sizes(&Idp::Entra.wire().empty_group(GROUP_ID, &members), "Remove"), [100, 100, 50]);
}
