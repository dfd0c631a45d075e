//! RFC 7643 sections 2.2, 2.3, 7 and 8.7.1: what each attribute is said to be.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;

use crate::conformance::probe::{ENTERPRISE, GROUP, Probe, USER};

type Rows = &'static [(&'static str, &'static str)];

/// Attributes with their type, and of their characteristics those that are not the default (section 2.2).
const USER_ROWS: Rows = &[
    ("userName", "string required server"),
    ("name", "complex"),
    ("name.formatted", "string"),
    ("name.familyName", "string"),
    ("name.givenName", "string"),
    ("name.middleName", "string"),
    ("name.honorificPrefix", "string"),
    ("name.honorificSuffix", "string"),
    ("displayName", "string"),
    ("nickName", "string"),
    ("profileUrl", "reference"),
    ("title", "string"),
    ("userType", "string"),
    ("preferredLanguage", "string"),
    ("locale", "string"),
    ("timezone", "string"),
    ("active", "boolean"),
    ("password", "string writeOnly never"),
    ("emails", "complex many"),
    ("emails.value", "string"),
    ("phoneNumbers", "complex many"),
    ("phoneNumbers.value", "string"),
    ("ims", "complex many"),
    ("ims.value", "string"),
    ("photos", "complex many"),
    ("photos.value", "reference"),
    ("addresses", "complex many"),
    ("addresses.formatted", "string"),
    ("addresses.streetAddress", "string"),
    ("addresses.locality", "string"),
    ("addresses.region", "string"),
    ("addresses.postalCode", "string"),
    ("addresses.country", "string"),
    ("addresses.type", "string"),
    ("groups", "complex many readOnly"),
    ("groups.value", "string readOnly"),
    ("groups.$ref", "reference readOnly"),
    ("groups.display", "string readOnly"),
    ("groups.type", "string readOnly"),
    ("entitlements", "complex many"),
    ("entitlements.value", "string"),
    ("roles", "complex many"),
    ("roles.value", "string"),
    ("x509Certificates", "complex many"),
    ("x509Certificates.value", "binary"),
];

/// A group's name may be unique or not.
const GROUP_ROWS: Rows = &[
    ("members", "complex many"),
    ("members.value", "string immutable"),
    ("members.$ref", "reference immutable"),
    ("members.type", "string immutable"),
];

const ENTERPRISE_ROWS: Rows = &[
    ("employeeNumber", "string"),
    ("costCenter", "string"),
    ("organization", "string"),
    ("division", "string"),
    ("department", "string"),
    ("manager", "complex"),
    ("manager.value", "string"),
    ("manager.$ref", "reference"),
    ("manager.displayName", "string readOnly"),
];

/// Lists that have these sub-attributes (section 2.4).
const LISTS: [&str; 7] = ["emails", "phoneNumbers", "ims", "photos", "entitlements", "roles", "x509Certificates"];
const ENTRY_ROWS: Rows = &[("display", "string"), ("type", "string"), ("primary", "boolean")];

const CANONICAL: [(&str, &str, &[&str]); 7] = [
    (USER, "emails.type", &["work", "home", "other"]),
    (USER, "phoneNumbers.type", &["work", "home", "mobile", "fax", "pager", "other"]),
    (USER, "ims.type", &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
    (USER, "photos.type", &["photo", "thumbnail"]),
    (USER, "addresses.type", &["work", "home", "other"]),
    (USER, "groups.type", &["direct", "indirect"]),
    (GROUP, "members.type", &["User"]),
];

const REFERENCES: [(&str, &str, &str); 5] = [
    (USER, "profileUrl", "external"),
    (USER, "photos.value", "external"),
    (USER, "groups.$ref", "Group"),
    (GROUP, "members.$ref", "User"),
    (ENTERPRISE, "manager.$ref", "User"),
];

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let mut schemas = BTreeMap::new();
    for (urn, table) in [(USER, USER_ROWS), (GROUP, GROUP_ROWS), (ENTERPRISE, ENTERPRISE_ROWS)] {
        let schema = rows(&probe.get(&format!("/Schemas/{urn}")).await?.body);
        for (path, expected) in table {
            is_described(probe, &schema, path, expected);
        }
        let wrong: Vec<_> =
            schema.iter().filter(|(path, row)| !is_well_formed(path, row)).map(|(path, _)| path.as_str()).collect();
        probe.must("RFC 7643 7", format!("{urn}: rows are well formed"), wrong.is_empty(), wrong.join(", "));
        schemas.insert(urn, schema);
    }
    for list in LISTS {
        for (sub, expected) in ENTRY_ROWS {
            is_described(probe, &schemas[USER], &format!("{list}.{sub}"), expected);
        }
    }
    let at = |urn: &str, path: &str| schemas.get(urn).and_then(|rows| rows.get(path)).cloned().unwrap_or_default();
    for (urn, path, values) in CANONICAL {
        let row = at(urn, path);
        let all = values.iter().all(|value| names(&row["canonicalValues"], value));
        probe.must("RFC 7643 8.7.1", format!("{path} has canonicalValues"), all, row.to_string());
    }
    for (urn, path, kind) in REFERENCES {
        let row = at(urn, path);
        let to = names(&row["referenceTypes"], kind);
        probe.must("RFC 7643 8.7.1", format!("{path} refers to {kind}"), to, row.to_string());
    }
    for path in ["displayName", "title", "name.familyName", "emails.value"] {
        let row = at(USER, path);
        probe.must("RFC 7643 2.2", format!("{path} is without case"), row["caseExact"] == false, row.to_string());
    }
    let group_name = at(GROUP, "displayName");
    let required = group_name["required"] == true && group_name["type"] == "string";
    probe.must("RFC 7643 4.2", "a group's displayName is required", required, group_name.to_string());
    Ok(())
}

/// By their paths.
fn rows(schema: &Value) -> BTreeMap<String, Value> {
    let name = |row: &Value| row["name"].as_str().unwrap_or_default().to_owned();
    let mut rows = BTreeMap::new();
    for attribute in schema["attributes"].as_array().into_iter().flatten() {
        for sub in attribute["subAttributes"].as_array().into_iter().flatten() {
            rows.insert(format!("{}.{}", name(attribute), name(sub)), sub.clone());
        }
        rows.insert(name(attribute), attribute.clone());
    }
    rows
}

fn is_described(probe: &mut Probe, schema: &BTreeMap<String, Value>, path: &str, expected: &str) {
    let row = schema.get(path).cloned().unwrap_or_default();
    probe.must("RFC 7643 8.7.1", format!("{path}: {expected}"), described(&row) == expected, row.to_string());
}

fn described(row: &Value) -> String {
    let word = |name: &str, default: &str| row[name].as_str().filter(|word| *word != default).map(str::to_owned);
    let flag = |name: &str, word: &str| (row[name] == true).then(|| word.to_owned());
    let words = [
        word("type", ""),
        flag("multiValued", "many"),
        flag("required", "required"),
        word("mutability", "readWrite"),
        word("returned", "default"),
        word("uniqueness", "none"),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A name (section 2.1), a type and characteristics that there are (section 7); what is exact by its type (sections 2.3.6 and 2.3.7);
/// no complex attribute in a complex one (section 2.3.8).
fn is_well_formed(path: &str, row: &Value) -> bool {
    let one_of = |name: &str, values: &[&str]| values.iter().any(|value| row[name] == *value);
    let filled = |name: &str| row[name].as_array().is_some_and(|values| !values.is_empty());
    let name = path.rsplit('.').next().unwrap_or(path);
    let named = name == "$ref"
        || name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let types = ["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"];
    let is_exact = one_of("type", &["reference", "binary"]);
    named
        && one_of("type", &types)
        && one_of("mutability", &["readOnly", "readWrite", "immutable", "writeOnly"])
        && one_of("returned", &["always", "never", "default", "request"])
        && one_of("uniqueness", &["none", "server", "global"])
        && filled("referenceTypes") == one_of("type", &["reference"])
        && filled("subAttributes") == one_of("type", &["complex"])
        && !(path.contains('.') && one_of("type", &["complex"]))
        && (!is_exact || row["caseExact"] == true)
}

fn names(list: &Value, word: &str) -> bool {
    list.as_array().is_some_and(|words| words.iter().any(|known| known == word))
}
