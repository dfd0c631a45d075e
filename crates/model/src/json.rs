//! JSON that survives `JSON.stringify(JSON.parse(body))` byte for byte.
//!
//! Webhook consumers verify a signature over a body that some SDKs have parsed and printed again
//! (`@workos-inc/node` up to 9 always did). So what we sign is what JavaScript would print: compact, numbers in
//! ECMAScript form, keys that look like array indexes first and in rising order.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use serde_json::{Map, Value};

/// Integers beyond this lose digits in JavaScript, 2^53.
const MAX_SAFE_INTEGER: u64 = 1 << 53;

/// The wire text of a view or event. Free-form parts must have gone through [`settle`].
pub fn to_wire<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::with_capacity(1024);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, JsFormatter))?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// Puts index-like keys first, in rising order, at every depth: the order in which JavaScript keeps them.
pub fn settle(value: &mut Value) {
    match value {
        Value::Object(map) => settle_map(map),
        Value::Array(items) => items.iter_mut().for_each(settle),
        _ => {}
    }
}

/// [`settle`] for an object.
pub fn settle_map(map: &mut Map<String, Value>) {
    map.values_mut().for_each(settle);
    if map.keys().any(|key| array_index(key).is_some()) {
        let mut entries: Vec<_> = std::mem::take(map).into_iter().collect();
        entries.sort_by_key(|(key, _)| array_index(key).map_or(u64::MAX, u64::from));
        map.extend(entries);
    }
}

/// ECMAScript's array index: the canonical decimal text of 0 to 2^32 - 2.
fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index != u32::MAX && index.to_string() == key).then_some(index)
}

struct JsFormatter;

impl Formatter for JsFormatter {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(ryu_js::Buffer::new().format(value).as_bytes())
    }

    #[expect(clippy::cast_precision_loss, reason = "the loss is what JavaScript does to such a number")]
    fn write_u64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        if value > MAX_SAFE_INTEGER {
            return self.write_f64(writer, value as f64);
        }
        CompactFormatter.write_u64(writer, value)
    }

    #[expect(clippy::cast_precision_loss, reason = "the loss is what JavaScript does to such a number")]
    fn write_i64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        if value.unsigned_abs() > MAX_SAFE_INTEGER {
            return self.write_f64(writer, value as f64);
        }
        CompactFormatter.write_i64(writer, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        let mut value: Value = serde_json::from_str(input).unwrap();
        settle(&mut value);
        assert_eq!(to_wire(&value).unwrap(), expected);
    }

    #[test]
    fn prints_what_javascript_prints() {
        check(r#"{"b":1,"a":2}"#, r#"{"b":1,"a":2}"#);
        check(r#"{"b":1,"10":1,"9":1,"01":1}"#, r#"{"9":1,"10":1,"b":1,"01":1}"#);
        check(r#"[{"4294967295":1,"4294967294":2}]"#, r#"[{"4294967294":2,"4294967295":1}]"#);
        check("[1.0, -0.0, 1e21, 1e-7, 1e16, 0.1]", "[1,0,1e+21,1e-7,10000000000000000,0.1]");
        check("[9007199254740993, -9007199254740993]", "[9007199254740992,-9007199254740992]");
        check("[9007199254740992, 18446744073709551615]", "[9007199254740992,18446744073709552000]");
        check(r#"["\u00e9\u2028\u0007\n\/"]"#, "[\"é\u{2028}\\u0007\\n/\"]");
    }
}
