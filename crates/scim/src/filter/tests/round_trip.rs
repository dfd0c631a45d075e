//! Any tree prints to a text that is read as the same tree; any text is read or refused, never a panic.

use proptest::prelude::*;

use super::*;
use crate::schema::{ENTERPRISE_USER, Schema};

fn known(extension: Option<&'static Schema>, name: &str, sub: Option<&str>) -> AttributePath {
    let attribute = extension.map_or_else(|| USER.attribute(name), |schema| schema.attribute(name)).unwrap();
    let path = AttributePath::Known { extension, attribute, sub: None };
    sub.map_or(path.clone(), |sub| path.child(sub).unwrap())
}

fn text_path() -> impl Strategy<Value = AttributePath> {
    prop_oneof![
        Just(known(None, "userName", None)),
        Just(known(None, "name", Some("givenName"))),
        Just(known(None, "emails", Some("value"))),
        Just(known(Some(&ENTERPRISE_USER), "manager", Some("value"))),
        Just(AttributePath::Open { urn: "urn:x:y".into(), name: "a".into(), sub: None }),
        Just(AttributePath::Open { urn: "urn:x:y".into(), name: "a".into(), sub: Some("b.c".into()) }),
    ]
}

fn text_operator() -> impl Strategy<Value = Operator> {
    proptest::sample::select(Operator::ALL.to_vec())
}

fn text() -> impl Strategy<Value = Literal> {
    any::<String>().prop_map(|text| Literal::String(text.replace('\0', "")))
}

fn term() -> impl Strategy<Value = Filter> {
    let compare = |(path, operator, value)| Filter::Compare { path, operator, value };
    prop_oneof![
        (text_path(), text_operator(), text()).prop_map(compare),
        text_path().prop_map(Filter::Present),
        any::<bool>().prop_map(move |value| compare((
            known(None, "active", None),
            Operator::Ne,
            Literal::Boolean(value)
        ))),
        any::<i64>().prop_map(move |value| {
            let path = AttributePath::Open { urn: "urn:x:y".into(), name: "n".into(), sub: None };
            compare((path, Operator::Le, Literal::Number(value.into())))
        }),
        Just(compare((known(None, "title", None), Operator::Eq, Literal::Null))),
    ]
}

fn joined(inner: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    inner.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::and),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn entry() -> impl Strategy<Value = Filter> {
    let sub = proptest::sample::select(vec!["value", "type", "display"]);
    let inner = (sub, text_operator(), text()).prop_map(|(sub, operator, value)| Filter::Compare {
        path: known(None, "emails", Some(sub)),
        operator,
        value,
    });
    joined(inner).prop_map(|filter| Filter::Entry { attribute: known(None, "emails", None), filter: Box::new(filter) })
}

proptest! {
    #[test]
    fn printed_and_read_again(filter in joined(prop_oneof![4 => term(), 1 => entry()])) {
        let lenience = Lenience::default().with(Leniency::OpenExtensions);
        prop_assert_eq!(Filter::parse(&USER, &filter.to_string(), &lenience), Ok(filter));
    }

    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = Filter::parse(&USER, &text, &Lenience::all());
    }

    #[test]
    fn never_panics_on_almost_filters(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "userName", "emails", "[", "]", "(", ")", "eq", "pr", "and", "or", "not", "\"a\"", "\"", ".value", "type",
                "true", "1", "null", "\\", "urn:x:y", "urn:ietf:params:scim:schemas:core:2.0:User:", "é",
            ]),
            0..20,
        ),
        separator in proptest::sample::select(vec!["", " "]),
    ) {
        let text = words.join(separator);
        if let Ok(filter) = Filter::parse(&USER, &text, &Lenience::all()) {
            let lenience = Lenience::default().with(Leniency::OpenExtensions);
            prop_assert_eq!(Filter::parse(&USER, &filter.to_string(), &lenience), Ok(filter));
        }
    }
}
