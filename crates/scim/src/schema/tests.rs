use super::*;
use crate::lenience::{Leeway, Lenience};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// `name` resolved for a User, as text: the canonical path, `schema …`, `open …` or `unknown`.
fn check(lenience: Lenience, name: &str, expected: &str) {
    let resolved = match resolve(&USER, name, &mut Leeway::new(lenience)) {
        Name::Attribute(path) => path.to_string(),
        Name::Schema(schema) => format!("schema {}", schema.id),
        Name::Open(urn) => format!("open {urn}"),
        Name::Unknown => "unknown".to_owned(),
    };
    assert_eq!(resolved, expected, "{name}");
}

#[test]
fn names_resolve_without_case() {
    let strict = Lenience::default();
    check(strict, "USERNAME", "userName");
    check(strict, "Name.GivenName", "name.givenName");
    check(strict, "meta.lastmodified", "meta.lastModified");
    check(strict, "externalid", "externalId");
    check(strict, "urn:ietf:params:scim:schemas:core:2.0:user:userName", "userName");
    check(strict, "urn:ietf:params:scim:schemas:core:2.0:User:id", "id");
    check(strict, "urn:ietf:params:scim:schemas:core:2.0:User", "schema urn:ietf:params:scim:schemas:core:2.0:User");
    check(strict, "userName.x", "unknown");
    check(strict, "name.givenName.x", "unknown");
    check(strict, "shoeSize", "unknown");
    check(strict, "", "unknown");
}

#[test]
fn a_known_urn_is_never_split() {
    let strict = Lenience::default();
    check(strict, &format!("{ENTERPRISE}:Department"), &format!("{ENTERPRISE}:department"));
    check(strict, &format!("{ENTERPRISE}:manager.value"), &format!("{ENTERPRISE}:manager.value"));
    check(strict, &ENTERPRISE.to_uppercase(), &format!("schema {ENTERPRISE}"));
    check(strict, &format!("{ENTERPRISE}:userName"), "unknown");
    check(strict, &format!("{ENTERPRISE}X"), &format!("open {ENTERPRISE}X"));
}

#[test]
fn n14_bare_extension_names() {
    check(Lenience::default(), "department", "unknown");
    check(Lenience::all(), "department", &format!("{ENTERPRISE}:department"));
    check(Lenience::all(), "manager.value", &format!("{ENTERPRISE}:manager.value"));
}

#[test]
fn open_names_end_at_the_last_colon() {
    assert_eq!(resolve_open("urn:x:y\t:a"), resolve_open("urn:x:y:a"));
    let path = resolve_open("urn:x:Harbour:2.0:User:berth.code").unwrap();
    let (urn, name, sub) = ("urn:x:Harbour:2.0:User".to_owned(), "berth".to_owned(), Some("code".to_owned()));
    assert_eq!(path, AttributePath::Open { urn, name, sub });
    for bad in ["urn:x", "http://example.com/x", "urn:x:", "x"] {
        assert_eq!(resolve_open(bad), None, "{bad}");
    }
}

#[test]
fn tables_are_well_formed() {
    for schema in [&USER_SCHEMA, &GROUP_SCHEMA, &ENTERPRISE_USER] {
        for attribute in schema.attributes {
            assert_eq!(attribute.kind == Type::Complex, !attribute.sub_attributes.is_empty(), "{}", attribute.name);
            assert!(!attribute.detached || attribute.value().is_some(), "{}", attribute.name);
            for sub in attribute.sub_attributes {
                assert!(sub.kind != Type::Complex && !sub.multi_valued, "{}.{}", attribute.name, sub.name);
            }
        }
    }
}

#[test]
fn resource_types() {
    assert_eq!(ResourceType::find("user"), Some(&USER));
    assert_eq!(ResourceType::find("Device"), None);
    assert_eq!(USER.extension(&ENTERPRISE.to_lowercase()), Some(&ENTERPRISE_USER));
    assert_eq!(GROUP.detached().map(|attribute| attribute.name), Some("members"));
    assert_eq!(USER.detached().map(|attribute| attribute.name), Some("groups"));
}
