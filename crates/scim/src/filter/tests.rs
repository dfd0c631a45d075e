use serde_json::{Value, json};

use super::*;
use crate::error::ScimType;
use crate::lenience::Leniency;
use crate::limits::{MAX_FILTER_BYTES, MAX_FILTER_DEPTH, MAX_FILTER_TERMS};
use crate::reference::Reference;
use crate::schema::{GROUP, USER};

mod round_trip;

/// `text` as it is understood, printed; or why not. What is understood must print to something that is understood alike.
fn check_in(resource_type: &'static ResourceType, lenience: Lenience, text: &str, expected: Result<&str, &str>) {
    let filter = Filter::parse(resource_type, text, &lenience);
    if let Ok(filter) = &filter {
        let strict = Lenience::default().with(Leniency::OpenExtensions);
        assert_eq!(Filter::parse(resource_type, &filter.to_string(), &strict).as_ref(), Ok(filter), "{text}");
    }
    let found = filter.map(|filter| filter.to_string()).map_err(|error| {
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidFilter)), "{text}");
        error.detail
    });
    assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
}

fn check(text: &str, expected: Result<&str, &str>) {
    check_in(&USER, Lenience::default(), text, expected);
}

fn check_lenient(text: &str, option: Leniency, strict: &str, lenient: &str) {
    check_in(&USER, Lenience::default(), text, Err(strict));
    check_in(&USER, Lenience::default().with(option), text, Ok(lenient));
}

#[test]
fn operators_without_case() {
    for operator in ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
        let expected = format!("userName {operator} \"a\"");
        check(&format!("USERNAME {} \"a\"", operator.to_uppercase()), Ok(&expected));
    }
    check("title PR", Ok("title pr"));
    check("userName is \"a\"", Err("expected an operator, found a word at character 10"));
}

#[test]
fn precedence_and_grouping() {
    check("title pr or userType pr and active eq true", Ok("title pr or (userType pr and active eq true)"));
    check("(title pr or userType pr) and active eq true", Ok("(title pr or userType pr) and active eq true"));
    check("title pr and (userType pr and active eq true)", Ok("title pr and userType pr and active eq true"));
    check(
        "NOT (title pr) AND not(userType pr OR active eq false)",
        Ok("not (title pr) and not (userType pr or active eq false)"),
    );
    check("not title pr", Err("unknown attribute \"not\""));
}

#[test]
fn values() {
    check(r#"userName eq "a\"b\\c\u00e9\n""#, Ok(r#"userName eq "a\"b\\cé\n""#));
    check("userName eq \"and or not (\"", Ok("userName eq \"and or not (\""));
    check("title eq null", Ok("title eq null"));
    check("name ne null", Ok("name ne null"));
    check("title gt null", Err("title cannot be compared with this value by gt"));
    check("active eq true", Ok("active eq true"));
    check("active gt true", Err("active cannot be compared with this value by gt"));
    check("active eq 1", Err("active cannot be compared with this value by eq"));
    check("active co \"t\"", Err("active is compared with true or false"));
    check("meta.lastModified gt \"2011-05-13T04:42:34Z\"", Ok("meta.lastModified gt \"2011-05-13T04:42:34Z\""));
    check(
        "meta.lastModified co \"2011-05-13T04:42:34Z\"",
        Err("meta.lastModified cannot be compared with this value by co"),
    );
    check("meta.lastModified gt \"yesterday\"", Err("meta.lastModified is compared with a dateTime"));
    check("x509Certificates.value eq \"YQ==\"", Ok("x509Certificates.value eq \"YQ==\""));
    check("x509Certificates.value gt \"YQ==\"", Err("x509Certificates.value cannot be compared with this value by gt"));
}

#[test]
fn paths() {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    check("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"a\"", Ok("userName eq \"a\""));
    check(&format!("{enterprise}:department eq \"d\""), Ok(&format!("{enterprise}:department eq \"d\"")));
    check("emails co \"example.com\"", Ok("emails.value co \"example.com\""));
    check("emails[type eq \"work\" and value co \"@\"]", Ok("emails[type eq \"work\" and value co \"@\"]"));
    check("emails[not (type eq \"work\")] and id eq \"1\"", Ok("emails[not (type eq \"work\")] and id eq \"1\""));
    check("name.familyName co \"O'Malley\"", Ok("name.familyName co \"O'Malley\""));
    check("name eq \"x\"", Err("name is complex: compare one of its sub-attributes"));
    check("schemas eq \"urn:x\"", Ok("schemas eq \"urn:x\""));
    check("userName[value eq \"x\"]", Err("userName has no entries to filter"));
    check("emails[type eq \"work\"", Err("expected \"]\", found the end"));
    check("emails[shoeSize eq \"43\"]", Err("unknown attribute \"shoeSize\""));
    check_in(&GROUP, Lenience::default(), "members eq \"1\"", Ok("members.value eq \"1\""));
}

#[test]
fn n26_what_cannot_be_understood_is_an_error() {
    check("", Err("expected an attribute, found the end"));
    check("userName eq", Err("expected a value, found the end"));
    check("userName", Err("expected an operator, found the end"));
    check("shoeSize eq \"43\"", Err("unknown attribute \"shoeSize\""));
    check("userName.x eq \"43\"", Err("unknown attribute \"userName.x\""));
    check("password eq \"x\"", Err("unknown attribute \"password\""));
    check("userName eq \"a\" userName", Err("expected \"and\", \"or\" or the end, found a word at character 17"));
    check("userName eq \"a", Err("the string at character 13 does not end"));
    check("userName eq \"a\\x\"", Err("the string at character 13 does not end"));
    check("userName eq \"a\\u0000\"", Err("the string at character 13 does not end"));
    check("userName eq \"a\0\"", Err("the filter holds the character U+0000"));
    check("(userName eq \"a\"", Err("expected \")\", found the end"));
    check("userName eq \"a\" and", Err("expected an attribute, found the end"));
    check("userName eq (", Err("expected a value, found \"(\""));
    check("] eq \"a\"", Err("expected an attribute, found \"]\" at character 1"));
}

#[test]
fn n9_boolean_strings() {
    check_lenient(
        "active eq \"True\"",
        Leniency::BooleanStrings,
        "active is compared with true or false",
        "active eq true",
    );
    let all = Lenience::all();
    check_in(&USER, all, "roles[primary eq \"FALSE\"]", Ok("roles[primary eq false]"));
    check_in(&USER, all, "active eq \"yes\"", Err("active is compared with true or false"));
    check_in(&USER, all, "active eq TRUE", Ok("active eq true"));
}

#[test]
fn n27_unquoted_values() {
    let quotes = "the value that externalId is compared with needs double quotes";
    let option = Leniency::UnquotedValues;
    check_lenient("externalId eq otti.brand", option, quotes, "externalId eq \"otti.brand\"");
    check_lenient("externalId eq 42", option, quotes, "externalId eq \"42\"");
    check_lenient("externalId eq true", option, quotes, "externalId eq \"true\"");
    check_in(&USER, Lenience::all(), "externalId eq 'otti'", Err(quotes));
    check_in(
        &USER,
        Lenience::all(),
        "userName eq Night Watch",
        Err("expected \"and\", \"or\" or the end, found a word at character 19"),
    );
}

#[test]
fn n27_value_path_with_a_sub_attribute() {
    check_lenient(
        "emails[type eq \"work\"].value eq \"x\"",
        Leniency::DottedValuePath,
        "write emails[… and value …]",
        "emails[type eq \"work\" and value eq \"x\"]",
    );
    let all = Lenience::all();
    check_in(
        &USER,
        all,
        "emails[type eq \"work\" or primary eq true].value pr",
        Ok("emails[(type eq \"work\" or primary eq true) and value pr]"),
    );
    check_in(&USER, all, "emails[type eq \"work\"].shoe eq \"x\"", Err("emails has no sub-attribute \"shoe\""));
}

#[test]
fn n27_references_by_their_value() {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    check_lenient(
        &format!("{enterprise}:manager eq \"m\""),
        Leniency::ComplexAsValue,
        &format!("{enterprise}:manager is complex: compare one of its sub-attributes"),
        &format!("{enterprise}:manager.value eq \"m\""),
    );
    let expected = format!("id eq \"u\" and {enterprise}:manager.value eq \"m\"");
    check_in(&USER, Lenience::all(), "id eq \"u\" and manager eq \"m\"", Ok(&expected));
}

#[test]
fn n12_open_extensions() {
    check_lenient(
        "urn:x:y:2.0:User:berth.code eq 17",
        Leniency::OpenExtensions,
        "unknown attribute \"urn:x:y:2.0:User:berth.code\"",
        "urn:x:y:2.0:User:berth.code eq 17",
    );
    check_in(&USER, Lenience::all(), "urn:x:y:list[a eq true and b pr]", Ok("urn:x:y:list[a eq true and b pr]"));
    check_in(&USER, Lenience::all(), "urn:x eq 1", Err("unknown attribute \"urn:x\""));
    check_in(&USER, Lenience::all(), "urn:x:y[b pr]. pr", Err("urn:x:y has no sub-attribute \"\""));
}

#[test]
fn limits() {
    let long = |bytes: usize| format!("title eq \"{}\"", "x".repeat(bytes - "title eq \"\"".len()));
    check(&long(MAX_FILTER_BYTES), Ok(&long(MAX_FILTER_BYTES)));
    check(&long(MAX_FILTER_BYTES + 1), Err("the filter is longer than 16384 bytes"));

    let terms = |count: usize| vec!["title pr"; count].join(" or ");
    check(&terms(MAX_FILTER_TERMS), Ok(&terms(MAX_FILTER_TERMS)));
    check(&terms(MAX_FILTER_TERMS + 1), Err("more than 200 comparisons"));

    let nested = |depth: usize| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
    check(&nested(MAX_FILTER_DEPTH), Ok("title pr"));
    check(&nested(MAX_FILTER_DEPTH + 1), Err("nested deeper than 16 levels"));
}

fn user() -> Value {
    json!({
        "id": "Ab", "userName": "Ottilie@Example", "title": "Straße", "active": true, "externalId": "Ext",
        "name": { "familyName": "Brandvold" },
        "emails": [{ "value": "a@x", "type": "work", "primary": true }, { "value": "B@Y", "type": "home" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "value": "M1" } },
        "urn:x:Harbour:User": { "Berth": 17, "tags": ["a", "b"] },
        "meta": { "lastModified": "2011-05-13T04:42:34.000Z" },
    })
}

/// Whether [`user`] matches.
fn check_matches(text: &str, expected: bool) {
    let filter = Filter::parse(&USER, text, &Lenience::all()).unwrap();
    assert_eq!(filter.matches(&user()), expected, "{text}");
}

#[test]
fn matches_by_case_exact() {
    check_matches("userName eq \"ottilie@EXAMPLE\"", true);
    check_matches("title eq \"STRASSE\"", true);
    check_matches("externalId eq \"ext\"", false);
    check_matches("externalId eq \"Ext\"", true);
    check_matches("id eq \"AB\"", false);
    check_matches("manager eq \"M1\"", true);
    check_matches("manager eq \"m1\"", false);
    check_matches("userName sw \"OTT\" and userName ew \"example\" and userName co \"@e\"", true);
    check_matches("userName gt \"a\" and userName lt \"p\" and userName ge \"OTTILIE@example\"", true);
}

#[test]
fn matches_any_of_many() {
    check_matches("emails eq \"b@y\"", true);
    check_matches("emails.type eq \"home\" and emails.value eq \"a@x\"", true);
    check_matches("emails[type eq \"home\" and value eq \"a@x\"]", false);
    check_matches("emails[type eq \"home\"].value eq \"b@Y\"", true);
    check_matches("emails.value ne \"a@x\"", true);
    check_matches("not (emails.value eq \"a@x\")", false);
    check_matches("emails[primary ne true]", true);
    check_matches("emails[type eq \"home\" and primary eq false]", true);
    check_matches("emails.primary eq false", true);
    check_matches("emails[type eq \"work\" and primary eq false]", false);
    check_matches("emails[type eq \"home\" and primary pr]", false);
    check_matches("phoneNumbers.primary eq false", false);
}

#[test]
fn matches_presence_and_null() {
    check_matches("title pr", true);
    check_matches("nickName pr", false);
    check_matches("phoneNumbers pr", false);
    check_matches("name pr and emails pr", true);
    check_matches("nickName eq null", true);
    check_matches("title ne null", true);
    check_matches("nickName ne \"x\"", true);
    check_matches("nickName eq \"x\"", false);
}

#[test]
fn matches_typed_values() {
    check_matches("meta.lastModified eq \"2011-05-13T06:42:34+02:00\"", true);
    check_matches("meta.lastModified lt \"2011-05-13T04:42:34.001Z\"", true);
    check_matches("meta.lastModified gt \"2011-05-13T04:42:34Z\"", false);
    check_matches("active eq true", true);
    check_matches("active ne true", false);
    check_matches("urn:x:Harbour:User:berth ge 17 and urn:x:Harbour:User:berth lt 17.5", true);
    check_matches("urn:x:Harbour:User:berth eq \"17\"", false);
    check_matches("urn:x:harbour:user:TAGS eq \"B\"", true);
    check_matches("urn:x:other:berth eq 17", false);
}

/// What a filter compares with is folded once for all resources, what they hold once for each.
#[test]
fn counts_what_it_folds() {
    let filter =
        Filter::parse(&USER, "title eq \"STRASSE\" or title co \"ß\" or title sw \"ÿ\"", &Lenience::default()).unwrap();
    let mut matcher = Matcher::new(&filter);
    for (user, expected, folded) in [
        (user(), true, "Straße".len() + "STRASSE".len()),
        (json!({ "title": "Weg" }), false, "Weg".len()),
        (json!({ "nickName": "ß" }), false, 0),
    ] {
        let before = matcher.folded_bytes();
        assert_eq!((matcher.matches(&user), matcher.folded_bytes() - before), (expected, folded), "{user}");
        assert_eq!(filter.matches(&user), expected, "{user}");
    }
}

#[test]
fn selects_references() {
    let check = |text: &str, expected: bool| {
        let Ok(Filter::Entry { filter, .. }) = Filter::parse(&GROUP, text, &Lenience::all()) else {
            panic!("{text}");
        };
        let reference = Reference { kind: Some("User".into()), ..Reference::new("u") };
        assert_eq!(filter.matches_reference(&reference), expected, "{text}");
    };
    check("members[type eq \"user\"]", true);
    check("members[value eq \"U\"]", false);
    check("members[display pr]", false);
}

#[test]
fn values_listed() {
    let check = |text: &str, expected: Option<&[&str]>| {
        let Ok(Filter::Entry { filter, .. }) = Filter::parse(&GROUP, text, &Lenience::all()) else {
            panic!("{text}");
        };
        let expected = expected.map(|values| values.iter().map(|&value| value.to_owned()).collect());
        assert_eq!(filter.listed_values("value"), expected, "{text}");
    };
    check("members[value eq \"a\"]", Some(&["a"]));
    check("members[value eq \"a\" or (value eq \"b\" or value EQ \"c\")]", Some(&["a", "b", "c"]));
    check("members[value eq \"a\" and type eq \"User\"]", None);
    check("members[value ne \"a\"]", None);
    check("members[value eq \"a\" or type eq \"User\"]", None);
}
