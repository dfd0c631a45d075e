//! Whether a value is as recorded: objects match as subsets, a matcher is an object whose keys start with `$`.

use serde_json::Value;

pub(crate) fn check(name: &str, expected: &Value, answer: &Value) {
    for (pointer, wanted) in expected.as_object().unwrap() {
        let found = answer.pointer(pointer);
        assert!(matches(wanted, found), "{name}: {pointer} is {found:?}, not {wanted}");
    }
}

pub(crate) fn matches(wanted: &Value, found: Option<&Value>) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), _) if !wanted.is_empty() && wanted.keys().all(|key| key.starts_with('$')) => {
            wanted.iter().all(|(matcher, argument)| holds(matcher, argument, found))
        }
        (Value::Object(wanted), Some(Value::Object(found))) => {
            wanted.iter().all(|(key, wanted)| matches(wanted, found.get(key)))
        }
        (Value::Array(wanted), Some(Value::Array(found))) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| matches(wanted, Some(found)))
        }
        (wanted, found) => found == Some(wanted),
    }
}

fn holds(matcher: &str, argument: &Value, found: Option<&Value>) -> bool {
    let items = found.and_then(Value::as_array);
    match (matcher, found) {
        ("$exists", found) => found.is_some() == (argument == true),
        ("$type", Some(found)) => match argument.as_str().unwrap() {
            "string" => found.is_string(),
            "boolean" => found.is_boolean(),
            "number" => found.is_number(),
            "array" => found.is_array(),
            _ => found.is_object(),
        },
        ("$len", Some(_)) => items.is_some_and(|items| Some(items.len() as u64) == argument.as_u64()),
        ("$contains", Some(_)) => items.is_some_and(|items| items.iter().any(|item| matches(argument, Some(item)))),
        ("$not_contains", Some(_)) => {
            items.is_some_and(|items| !items.iter().any(|item| matches(argument, Some(item))))
        }
        ("$ieq", Some(found)) => found.as_str().map(str::to_lowercase) == argument.as_str().map(str::to_lowercase),
        _ => false,
    }
}
