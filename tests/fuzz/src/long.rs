//! Lists of references that are long enough to be read entry by entry (`scim`'s `outline`), of inputs that are short.

/// A list of fewer bytes is read like everything else.
const LONG: usize = 16 * 1024;

/// So many lists of an input are made long.
const MOST: usize = 4;

/// Where a list of references stands: in a group, in a PATCH's value, or as that value.
const NAMES: [&str; 2] = ["\"members\"", "\"value\""];

/// The same JSON with so many blanks in its lists of references that these are long; `None` where there is no such list.
pub(crate) fn lengthened(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let folded = text.to_ascii_lowercase();
    if !folded.contains("members") {
        return None;
    }
    let lists = folded.match_indices('[').map(|(at, _)| at).filter(|&at| is_list(&folded[..at])).take(MOST);
    let (mut long, mut from) = (String::new(), 0);
    for at in lists {
        long.push_str(&text[from..=at]);
        long.push_str(&" ".repeat(LONG));
        from = at + 1;
    }
    (from > 0).then(|| long + &text[from..])
}

/// Whether one of [`NAMES`] and its colon come last.
fn is_list(before: &str) -> bool {
    let name = before.trim_end().strip_suffix(':').map(str::trim_end);
    name.is_some_and(|before| NAMES.iter().any(|name| before.ends_with(name)))
}

#[cfg(test)]
mod tests {
    use scim::schema::GROUP;
    use scim::{Lenience, Patch, resource};

    use super::*;

    /// A list that is read at once is gone through twice, and tells what it forgives in another order.
    #[test]
    fn a_lengthened_list_is_read_entry_by_entry() {
        let (list, all) = (r#"[{"type": "User"}, {"value": "a", "shoe": 1}]"#, Lenience::all());
        let texts = |text: &str| {
            let (long, json) = (lengthened(text.as_bytes()).unwrap(), scim::json(text.as_bytes()).unwrap());
            assert_eq!(scim::json(long.as_bytes()).unwrap(), json);
            (long.into_bytes(), json)
        };
        let (long, json) = texts(&format!(r#"{{"displayName": "G", "Members" : {list}}}"#));
        let read = resource::read(&GROUP, &long, &all).unwrap();
        assert_ne!(read, resource::parse(&GROUP, json, &all).unwrap());
        for operation in [format!(r#""path": "members", "value":{list}"#), format!(r#""value": {{"members": {list}}}"#)]
        {
            let (long, json) = texts(&format!(r#"{{"Operations": [{{"op": "add", {operation}}}]}}"#));
            let read = Patch::read(&GROUP, &long, &all).unwrap();
            assert_ne!(read, Patch::parse(&GROUP, json, &all).unwrap(), "{operation}");
        }
    }

    #[test]
    fn other_lists_stay() {
        for text in [r#"{"members": {}, "x": ["a"]}"#, r#"{"value": ["a"]}"#, r#"{"a": "\"members\": [\""}"#] {
            assert_eq!(lengthened(text.as_bytes()), None, "{text}");
        }
    }
}
