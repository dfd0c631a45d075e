//! The engine against a naive model: a user as a map from path to text.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const PATHS: [&str; 6] = ["title", "nickName", "name.givenName", "name.familyName", "emails.work", "emails.home"];

type Model = BTreeMap<&'static str, String>;

/// `None` removes; with a value the operation is an `add` or a `replace`, with a path or without.
#[derive(Debug, Clone)]
struct Change {
    path: &'static str,
    value: Option<String>,
    op: &'static str,
    has_path: bool,
}

fn change() -> impl Strategy<Value = Change> {
    let path = proptest::sample::select(PATHS.to_vec());
    let op = proptest::sample::select(vec!["add", "replace"]);
    (path, proptest::option::of("[a-c]{1,2}"), op, any::<bool>()).prop_map(|(path, value, op, has_path)| Change {
        path,
        value,
        op,
        has_path,
    })
}

fn operation(change: &Change) -> Value {
    let Change { path, value, op, has_path } = change;
    let path = match path.strip_prefix("emails.") {
        Some(label) if value.is_some() => format!("emails[type eq \"{label}\"].value"),
        Some(label) => format!("emails[type eq \"{label}\"]"),
        None => (*path).to_owned(),
    };
    match value {
        None => json!({ "op": "remove", "path": path }),
        Some(value) if *has_path => json!({ "op": op, "path": path, "value": value }),
        Some(value) => json!({ "op": op, "value": { path: value } }),
    }
}

/// The model as the document must be, entries in the order of their arrival left aside.
fn documented(model: &Model) -> Value {
    let mut document = json!({ "userName": "u" });
    for (path, value) in model {
        match path.split_once('.') {
            None => document[path] = json!(value),
            Some(("name", part)) => document["name"][part] = json!(value),
            Some((_, label)) => document["emails"][label] = json!(value),
        }
    }
    document
}

fn by_label(mut document: Value) -> Value {
    if let Some(Value::Array(emails)) = document.get_mut("emails").map(Value::take) {
        document["emails"] =
            emails.iter().map(|email| (email["type"].as_str().unwrap().to_owned(), email["value"].clone())).collect();
    }
    document
}

proptest! {
    #[test]
    fn operations_do_what_the_model_does(changes in proptest::collection::vec(change(), 0..12)) {
        let mut model = Model::new();
        for Change { path, value, .. } in &changes {
            match value {
                Some(value) => _ = model.insert(path, value.clone()),
                None => _ = model.remove(path),
            }
        }
        let operations = changes.iter().map(operation).collect();
        let found = patched(Lenience::all(), &json!({ "userName": "u" }), &operations);
        prop_assert_eq!(found.map(by_label), Ok(documented(&model)));
    }
}
