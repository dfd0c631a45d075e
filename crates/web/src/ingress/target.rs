//! What a path names.

use percent_encoding::percent_decode_str;
use scim::{ResourceType, schema};

/// The directory's key with the version of the path it was reached by, and what is meant below it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    pub(crate) version: &'static str,
    pub(crate) external_key: String,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    Collection(&'static ResourceType),
    Resource(&'static ResourceType, String),
    /// Of one resource type, or of all.
    Search(Option<&'static ResourceType>),
    ServiceProviderConfig,
    ResourceTypes(Option<String>),
    Schemas(Option<String>),
    /// Known to the protocol and not offered: 501.
    Unsupported(&'static str),
    Unknown,
}

const VERSIONS: [&str; 2] = ["v2.0", "v2"];

impl Target {
    /// Takes a raw path apart: empty segments do not count (N1). `None`: it is no SCIM path at all.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty()).map(decode);
        segments.next().filter(|first| first == "scim")?;
        let version = segments.next()?;
        let version = VERSIONS.into_iter().find(|known| *known == version)?;
        let external_key = segments.next()?;
        let rest: Vec<String> = segments.collect();
        Some(Self { version, external_key, place: Place::of(&rest) })
    }

    /// Where the directory's links begin.
    pub(crate) fn base_url(&self, public_url: &str) -> String {
        format!("{public_url}/scim/{}/{}", self.version, self.external_key)
    }
}

/// A place, of what stands for `{}` in its path.
type Make = fn(&str) -> Place;

/// Every place below a directory's base. In a path `{}` stands for any one segment, which the place is told, and `*` at
/// the end for all that may follow. The first that fits counts.
const PLACES: [(&str, Make); 14] = [
    ("Users", |_| Place::Collection(&schema::USER)),
    ("Groups", |_| Place::Collection(&schema::GROUP)),
    (".search", |_| Place::Search(None)),
    ("Users/.search", |_| Place::Search(Some(&schema::USER))),
    ("Groups/.search", |_| Place::Search(Some(&schema::GROUP))),
    ("Users/{}", |id| Place::Resource(&schema::USER, id.to_owned())),
    ("Groups/{}", |id| Place::Resource(&schema::GROUP, id.to_owned())),
    ("ServiceProviderConfig", |_| Place::ServiceProviderConfig),
    ("ResourceTypes", |_| Place::ResourceTypes(None)),
    ("ResourceTypes/{}", |name| Place::ResourceTypes(Some(name.to_owned()))),
    ("Schemas", |_| Place::Schemas(None)),
    ("Schemas/{}", |urn| Place::Schemas(Some(urn.to_owned()))),
    ("Bulk", |_| Place::Unsupported("bulk")),
    ("Me/*", |_| Place::Unsupported("/Me")),
];

/// The paths of all places, such as `Users/{}`: what a test walks.
pub fn paths() -> impl Iterator<Item = &'static str> {
    PLACES.iter().map(|(path, _)| *path)
}

impl Place {
    fn of(segments: &[String]) -> Self {
        let found = PLACES.iter().find_map(|(path, place)| Some(place(named(path, segments)?)));
        found.unwrap_or(Self::Unknown)
    }

    /// The methods it takes, as `Allow` lists them.
    pub(crate) const fn allow(&self) -> &'static str {
        match self {
            Self::Collection(_) => "GET, POST",
            Self::Resource(..) => "GET, PUT, PATCH, DELETE",
            Self::Search(_) => "POST",
            _ => "GET",
        }
    }
}

/// What stands for `{}` when the path fits; nothing, if it has none.
fn named<'a>(path: &str, segments: &'a [String]) -> Option<&'a str> {
    let (mut named, mut segments) = ("", segments.iter());
    for part in path.split('/').filter(|part| *part != "*") {
        match (part, segments.next()?) {
            ("{}", segment) => named = segment,
            (part, segment) => (part == segment).then_some(())?,
        }
    }
    (path.ends_with('*') || segments.next().is_none()).then_some(named)
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_escapes_do_no_harm() {
        let check = |path: &str, expected: Option<Place>| {
            assert_eq!(Target::parse(path).map(|target| target.place), expected, "{path}");
        };
        let one = |id: &str| Some(Place::Resource(&schema::USER, id.to_owned()));
        check("/scim/v2.0/k/Users", Some(Place::Collection(&schema::USER)));
        check("/scim/v2/k//Users//", Some(Place::Collection(&schema::USER)));
        check("/scim/v2.0/k/Users/0", one("0"));
        check("/scim/v2.0/k/Users/a%2Fb", one("a/b"));
        check("/scim/v2.0/k/Users/a/b", Some(Place::Unknown));
        check("/scim/v2.0/k/users", Some(Place::Unknown));
        check("/scim/v2.0/k", Some(Place::Unknown));
        check("/scim/v2.0/k/Me", Some(Place::Unsupported("/Me")));
        check("/scim/v2.0/k/Me/photos/1", Some(Place::Unsupported("/Me")));
        check("/scim/v2.0/k/Users/.search", Some(Place::Search(Some(&schema::USER))));
        check("/scim/v2.0/k/.search", Some(Place::Search(None)));
        check("/scim/v2.0/k/Schemas/urn:x:2.0:y", Some(Place::Schemas(Some("urn:x:2.0:y".to_owned()))));
        check("/scim/v2.0/k/Bulk/1", Some(Place::Unknown));
        check("/scim/v3/k/Users", None);
        check("/scim/v2.0", None);
    }
}
