//! What reading, patching, matching and showing cost, and what they allocate: `cargo bench -p scim`.

use divan::{AllocProfiler, Bencher};
use scim::schema::{GROUP, USER};
use scim::{Document, Filter, Lenience, Meta, Patch, Projection, Reference, render, resource};
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// What a provider sends of a person.
fn user() -> Value {
    json!({
        "schemas": [USER.schema.id, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "userName": "ada@example.com", "externalId": "00u1ab2cd3", "displayName": "Ada Lovelace", "active": true,
        "name": {"givenName": "Ada", "familyName": "Lovelace", "formatted": "Ada Lovelace"}, "title": "Harbour pilot",
        "emails": [{"value": "ada@example.com", "type": "work", "primary": true}, {"value": "a@home.example", "type": "home"}],
        "phoneNumbers": [{"value": "+1 555 0100", "type": "work"}], "locale": "en-US",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Deck", "employeeNumber": "701984", "manager": {"value": "00u9"},
        },
    })
}

fn group(members: usize) -> Value {
    let members: Vec<_> = (0..members).map(|n| json!({"value": format!("directory_user_{n:026}")})).collect();
    json!({"schemas": [GROUP.schema.id], "displayName": "Pilots", "members": members})
}

fn document() -> Document {
    resource::parse(&USER, user(), &Lenience::all()).map(|parsed| parsed.document).unwrap_or_default()
}

#[divan::bench]
fn parse_user(bencher: Bencher<'_, '_>) {
    let text = user().to_string().into_bytes();
    bencher.bench(|| resource::read(&USER, &text, &Lenience::all()));
}

#[divan::bench(args = [10, 1_000, 100_000])]
fn parse_group(bencher: Bencher<'_, '_>, members: usize) {
    let text = group(members).to_string().into_bytes();
    bencher.bench(|| resource::read(&GROUP, &text, &Lenience::all()));
}

#[divan::bench]
fn patch_active(bencher: Bencher<'_, '_>) {
    let text = json!({"Operations": [{"op": "replace", "value": {"active": false}}]}).to_string().into_bytes();
    let document = document();
    bencher.bench(|| Patch::read(&USER, &text, &Lenience::all()).map(|patch| patch.apply(&document).is_ok()));
}

#[divan::bench]
fn patch_several_attributes(bencher: Bencher<'_, '_>) {
    let operations = json!([
        {"op": "Replace", "path": "displayName", "value": "Ada King"},
        {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "king@example.com"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Bridge"},
        {"op": "Add", "path": "name.familyName", "value": "King"}, {"op": "Remove", "path": "title"},
    ]);
    let (text, document) = (json!({"Operations": operations}).to_string().into_bytes(), document());
    bencher.bench(|| Patch::read(&USER, &text, &Lenience::all()).map(|patch| patch.apply(&document).is_ok()));
}

#[divan::bench]
fn patch_one_member(bencher: Bencher<'_, '_>) {
    let operation =
        json!({"op": "add", "path": "members", "value": [{"value": "directory_user_01HF7YAT00Z2RAY2RMT8R4QZ7A"}]});
    let text = json!({"Operations": [operation]}).to_string().into_bytes();
    bencher.bench(|| Patch::read(&GROUP, &text, &Lenience::all()));
}

#[divan::bench(args = ["userName eq \"ada@example.com\"", "emails[type eq \"work\" and value co \"@example.com\"] and active eq true"])]
fn filter(bencher: Bencher<'_, '_>, text: &str) {
    let resource = user();
    bencher.bench(|| Filter::parse(&USER, text, &Lenience::all()).map(|filter| filter.matches(&resource)));
}

#[divan::bench(args = ["", "userName,emails.value,active"])]
fn show(bencher: Bencher<'_, '_>, attributes: &str) {
    let (document, groups) = (document(), [Reference::new("directory_group_01HF7YAT00Z2RAY2RMT8R4QZ7A")]);
    let attributes = (!attributes.is_empty()).then_some(attributes);
    let Ok(projection) = Projection::parse(&USER, attributes, None) else { return };
    let (id, base_url) = ("directory_user_01HF7YAT00Z2RAY2RMT8R4QZ7A", "https://scim.example/scim/v2.0/k");
    let meta = Meta { resource_type: &USER, id, base_url, created_ms: 0, last_modified_ms: 0, version: 7 };
    bencher.bench(|| {
        let mut shown = render(&document, &meta, Some(&groups));
        projection.apply(&mut shown);
        shown.to_string()
    });
}
