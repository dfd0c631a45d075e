//! Bodies of resources.

use scim::schema::GROUP;
use scim::{Departure, Document, Lenience, Leniency, Parsed, Projection, Reference, ResourceType, resource};

use crate::given::{KINDS, readings, value};
use crate::judge::agreed;
use crate::long::lengthened;
use crate::pace::request;

/// A resource that is written out is read as the same resource.
pub fn resource_body(bytes: &[u8]) {
    body(bytes, &KINDS);
    if let Some(text) = lengthened(bytes) {
        body(text.as_bytes(), &[&GROUP]);
    }
}

fn body(text: &[u8], kinds: &[&'static ResourceType]) {
    for (kind, lenience) in readings(kinds) {
        let read = request(|| resource::read(kind, text, &lenience));
        let parsed = scim::json(text).and_then(|body| resource::parse(kind, body, &lenience));
        if let Some((document, _)) = agreed(read.map(understood), parsed.map(understood)) {
            is_clean(kind, lenience, &document);
        }
    }
}

fn understood(parsed: Parsed) -> ((Document, Option<Vec<Reference>>), Vec<Departure>) {
    ((parsed.document, parsed.detached), parsed.departures)
}

/// What is stored is read as it is by what was forgiven when it came, and any part of it can be shown.
pub(crate) fn is_clean(kind: &'static ResourceType, lenience: Lenience, document: &Document) {
    let body = value(document);
    // A document does not name its schemas, and one that stood before may have an extension that nobody knows.
    let lenience = lenience.with(Leniency::AdvisorySchemas).with(Leniency::OpenExtensions);
    match resource::parse(kind, body.clone(), &lenience) {
        Ok(again) => assert_eq!(value(&again.document), body, "it is not what it was"),
        Err(error) => panic!("{error:?} of {body}"),
    }
    for attributes in [None, Some("userName,emails.value,urn:x:y:a,manager"), Some("displayName")] {
        request(|| match Projection::parse(kind, attributes, Some("name.givenName")) {
            Ok(projection) => projection.apply(&mut body.clone()),
            Err(error) => panic!("{error:?}"),
        });
    }
}
