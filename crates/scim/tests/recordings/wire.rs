//! The raw request line, and the variables of a recording.

use serde_json::Value;

use crate::Variables;

/// A path by its segments, and the decoded query.
pub(crate) struct Target {
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
}

impl Target {
    /// N1 and N2.
    pub(crate) fn parse(raw: &str) -> Self {
        let (path, query) = raw.split_once('?').unwrap_or((raw, ""));
        let segments = path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(n, v)| (decode(n), decode(v)));
        Self { segments, query: query.collect() }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).unwrap()
}

/// `{{variable}}` replaced in every string.
pub(crate) fn fill(value: &Value, variables: &Variables) -> Value {
    match value {
        Value::String(text) => {
            let filled = variables
                .iter()
                .fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value));
            Value::String(filled)
        }
        Value::Array(items) => items.iter().map(|item| fill(item, variables)).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), fill(value, variables))).collect(),
        value => value.clone(),
    }
}
