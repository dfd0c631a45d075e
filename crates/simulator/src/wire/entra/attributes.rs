use serde_json::{Value, json};

use crate::cast::{Details, Person};

type Reader = fn(&Person) -> Option<&str>;

/// The mapped attributes: the path of a PATCH, and where the value is taken from.
const MAPPED: [(&str, Reader); 13] = [
    ("userName", |it| Some(&it.user_name)),
    ("displayName", |it| Some(&it.display_name)),
    ("name.givenName", |it| it.given_name.as_deref()),
    ("name.familyName", |it| it.family_name.as_deref()),
    ("name.formatted", |it| it.given_name.is_some().then_some(&it.display_name)),
    (r#"emails[type eq "work"].value"#, |it| it.email.as_deref()),
    ("title", |it| detail(it).map(|details| details.title.as_str())),
    (r#"phoneNumbers[type eq "work"].value"#, |it| detail(it).map(|details| details.phone.as_str())),
    (r#"phoneNumbers[type eq "mobile"].value"#, |it| detail(it)?.mobile.as_deref()),
    (r#"addresses[type eq "work"].streetAddress"#, |it| detail(it)?.street.as_deref()),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", |it| {
        detail(it).map(|details| details.department.as_str())
    }),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter", |it| detail(it)?.cost_center.as_deref()),
    ("nickName", |it| detail(it)?.nick_name.as_deref()),
];

fn detail(person: &Person) -> Option<&Details> {
    person.details.as_ref()
}

/// One operation for each attribute that changed. A value that was emptied in Entra is skipped: it never clears.
pub(super) fn changes(before: &Person, after: &Person) -> Vec<Value> {
    MAPPED.iter().filter_map(|(path, read)| change(path, read(before), read(after)?)).collect()
}

fn change(path: &str, old: Option<&str>, new: &str) -> Option<Value> {
    let op = match old {
        Some(old) if old == new => return None,
        Some(_) => "Replace",
        None => "Add",
    };
    Some(json!({"op": op, "path": path, "value": new}))
}
