//! Clean user document → canonical person (`idp/quirks.md`, C.1).

use model::person::{Email, Manager, Person};
use scim::Document;
use scim::schema::ENTERPRISE_USER;
use serde_json::{Map, Value};

/// The canonical person. Nothing is invented: what the document does not say is `None`.
pub fn person(document: &Document) -> Person {
    let raw = raw(document);
    let user = Part(Some(document.as_map()));
    let name = user.part("name");
    let enterprise = user.part(ENTERPRISE_USER.id);
    let user_name = user.text("userName").unwrap_or_default();
    let stand_in = is_address(&user_name).then(|| user_name.clone());
    let emails = emails(user, stand_in.as_ref());
    Person {
        primary_email: primary_email(&emails).or(stand_in),
        emails,
        user_name,
        external_id: user.text("externalId"),
        // A strict directory's provider may have removed it: access is not to come of that.
        active: user.get("active").and_then(Value::as_bool).unwrap_or(false),
        given_name: name.text("givenName"),
        family_name: name.text("familyName"),
        formatted_name: name.text("formatted"),
        display_name: user.text("displayName"),
        job_title: user.text("title"),
        employee_number: enterprise.text("employeeNumber"),
        employee_type: user.text("userType"),
        employment_start_date: None,
        department: enterprise.text("department"),
        division: enterprise.text("division"),
        cost_center: enterprise.text("costCenter"),
        organization: enterprise.text("organization"),
        manager: manager(enterprise),
        addresses: user.list("addresses").to_vec(),
        raw,
    }
}

/// The document as the application sees it. A manager's `$ref` is left out: it is a link to ourselves, that some requests
/// carry and others do not (quirk `entra-manager-array`).
fn raw(document: &Document) -> Map<String, Value> {
    let mut raw = document.as_map().clone();
    if let Some(Value::Object(enterprise)) = raw.get_mut(ENTERPRISE_USER.id)
        && let Some(Value::Object(manager)) = enterprise.get_mut("manager")
    {
        manager.shift_remove("$ref");
    }
    model::json::settle_map(&mut raw);
    raw
}

/// An object inside the document, or an absent one.
#[derive(Clone, Copy)]
struct Part<'a>(Option<&'a Map<String, Value>>);

impl<'a> Part<'a> {
    fn get(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name)
    }

    fn text(self, name: &str) -> Option<String> {
        self.get(name)?.as_str().map(str::to_owned)
    }

    fn part(self, name: &str) -> Part<'a> {
        Part(self.get(name).and_then(Value::as_object))
    }

    fn list(self, name: &str) -> &'a [Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// As the document has them; where it has none, a user name that is an address stands in (`workos-contract.md` 8.4).
fn emails(user: Part<'_>, stand_in: Option<&String>) -> Vec<Email> {
    let entries = user.list("emails").iter().map(|entry| Part(entry.as_object()));
    let email = |entry: Part<'_>| Email {
        primary: entry.get("primary").and_then(Value::as_bool),
        kind: entry.text("type"),
        value: entry.text("value"),
    };
    let emails: Vec<_> = entries.map(email).collect();
    let filled = stand_in.filter(|_| emails.is_empty()).map(|address| Email {
        primary: Some(true),
        kind: Some("work".to_owned()),
        value: Some(address.clone()),
    });
    emails.into_iter().chain(filled).collect()
}

/// Of the well-formed: `primary: true`, else the first `work`, else the first `home`, else the first.
fn primary_email(emails: &[Email]) -> Option<String> {
    let usable: Vec<_> = emails.iter().filter(|email| email.value.as_deref().is_some_and(is_well_formed)).collect();
    let of_kind = |wanted: &str| {
        let is = |email: &&&Email| email.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case(wanted));
        usable.iter().find(is)
    };
    let primary = usable.iter().find(|email| email.primary == Some(true));
    let found = primary.or_else(|| of_kind("work")).or_else(|| of_kind("home")).or_else(|| usable.first());
    found?.value.clone()
}

fn manager(enterprise: Part<'_>) -> Option<Manager> {
    let manager = enterprise.part("manager");
    let value = manager.text("value")?;
    let email = is_address(&value).then(|| value.clone());
    Some(Manager { value, display_name: manager.text("displayName"), email })
}

/// Whether a user name can stand in for a missing mail address.
fn is_address(text: &str) -> bool {
    is_well_formed(text) && text.split_once('@').is_some_and(|(_, domain)| domain.contains('.'))
}

/// Whether mail could be sent there: one `@` with something on both sides, and no blanks.
fn is_well_formed(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: Value) -> Person {
        person(&serde_json::from_value(document).unwrap())
    }

    #[test]
    fn picks_the_primary_email() {
        let check = |emails: Value, user_name: &str, expected: Option<&str>| {
            let person = read(json!({ "userName": user_name, "emails": emails }));
            assert_eq!(person.primary_email.as_deref(), expected, "{emails}");
        };
        let (a, b) = (json!({"value": "a@x.example"}), json!({"value": "b@x.example", "type": "Work"}));
        let c = json!({"value": "c@x.example", "primary": true});
        check(json!([a, b, c]), "u", Some("c@x.example"));
        check(json!([a, b]), "u", Some("b@x.example"));
        check(json!([{"type": "work"}, a]), "u", Some("a@x.example"));
        check(json!([]), "u@x.example", Some("u@x.example"));
        check(json!([]), "u", None);
        let home = json!({"value": "h@x.example", "type": "home"});
        check(json!([a, home]), "u", Some("h@x.example"));
        check(json!([home, b]), "u", Some("b@x.example"));
        for malformed in ["nobody", "@x.example", "a@", "a@b@c", "a b@x.example", ""] {
            let wrong = json!({"value": malformed, "primary": true});
            check(json!([wrong]), "u", None);
            check(json!([wrong, a]), "u", Some("a@x.example"));
            check(json!([wrong]), "u@x.example", Some("u@x.example"));
        }
        check(json!([]), "u @x.example", None);
    }

    #[test]
    fn a_user_name_stands_in_for_the_addresses() {
        let filled = |document: Value| read(document).emails;
        let stand_in =
            Email { primary: Some(true), kind: Some("work".to_owned()), value: Some("u@x.example".to_owned()) };
        assert_eq!(filled(json!({ "userName": "u@x.example" })), [stand_in]);
        assert_eq!(filled(json!({ "userName": "u" })), []);
        let given = filled(json!({ "userName": "u@x.example", "emails": [{ "value": "nobody" }] }));
        assert_eq!(given, [Email { primary: None, kind: None, value: Some("nobody".to_owned()) }]);
        assert!(!read(json!({ "userName": "u@x.example" })).raw.contains_key("emails"));
    }

    #[test]
    fn reads_extension_and_manager() {
        let urn = ENTERPRISE_USER.id;
        let person = read(json!({
            "userName": "u", "active": false, "title": "T", "name": {"givenName": "G"},
            urn: {"department": "D", "manager": {"value": "m@x.example", "displayName": "M"}},
        }));
        assert_eq!(person.department.as_deref(), Some("D"));
        assert_eq!(
            (person.active, person.job_title.as_deref(), person.given_name.as_deref()),
            (false, Some("T"), Some("G"))
        );
        let email = Some("m@x.example".to_owned());
        assert_eq!(
            person.manager,
            Some(Manager { value: "m@x.example".into(), display_name: Some("M".into()), email })
        );
    }
}
