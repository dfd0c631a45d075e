//! A resource as it is answered. Its references may be a hundred thousand: they are written in pieces, each when it is asked for.

use model::id::{GroupId, UserId};
use scim::{Projection, Reference, ResourceType, render_references};
use serde_json::Value;

/// How many references a piece holds.
const PIECE: usize = 1000;

/// One resource, projected.
#[derive(Debug)]
pub struct Shown {
    resource: Value,
    location: Option<String>,
    listed: Option<Listed>,
}

/// A group's members, or a user's groups.
#[derive(Debug, Clone)]
pub enum Ids {
    Members(Vec<UserId>),
    Groups(Vec<GroupId>),
}

#[derive(Debug)]
struct Listed {
    ids: Ids,
    name: &'static str,
    kind: &'static ResourceType,
    base_url: String,
    projection: Projection,
}

impl Shown {
    /// `resource` is rendered in full but for its references, which are those of `ids`; `None`: they are not answered.
    pub(super) fn new(
        kind: &'static ResourceType,
        mut resource: Value,
        ids: Option<Ids>,
        (projection, base_url): (&Projection, &str),
    ) -> Self {
        let location = resource.pointer("/meta/location").and_then(Value::as_str).map(str::to_owned);
        projection.apply(&mut resource);
        let name = kind.detached().map(|attribute| attribute.name).filter(|name| projection.wants(name));
        let listed = ids.zip(name).map(|(ids, name)| Listed {
            ids,
            name,
            kind,
            base_url: base_url.to_owned(),
            projection: projection.clone(),
        });
        Self { resource, location, listed }
    }

    /// `meta.location`, whatever is projected away.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// Its JSON text, one piece behind the other. What has few references is one piece.
    pub fn pieces(self) -> impl Iterator<Item = String> {
        let Self { resource, mut listed, .. } = self;
        let mut begin = resource.to_string();
        if let Some(listed) = &listed {
            begin.truncate(begin.len() - 1);
            begin.extend([",\"", listed.name, "\":["]);
        }
        let (mut begin, mut next) = (Some(begin), 0);
        std::iter::from_fn(move || {
            if begin.is_none() && listed.is_none() {
                return None;
            }
            let mut text = begin.take().unwrap_or_default();
            if let Some(rest) = &listed {
                next = rest.write(next, &mut text);
                if next == rest.ids.len() {
                    text.push_str("]}");
                    listed = None;
                }
            }
            Some(text)
        })
    }

    /// All of it, for those who look into it.
    pub fn into_text(self) -> String {
        self.pieces().collect()
    }
}

impl Ids {
    const fn len(&self) -> usize {
        match self {
            Self::Members(ids) => ids.len(),
            Self::Groups(ids) => ids.len(),
        }
    }

    fn references(&self, from: usize, to: usize) -> Vec<Reference> {
        let reference = |id: String, kind: &str| Reference { kind: Some(kind.to_owned()), ..Reference::new(id) };
        match self {
            Self::Members(ids) => ids[from..to].iter().map(|id| reference(id.to_string(), "User")).collect(),
            Self::Groups(ids) => ids[from..to].iter().map(|id| reference(id.to_string(), "direct")).collect(),
        }
    }
}

impl Listed {
    /// Writes a piece from this one on; answers where the next begins.
    fn write(&self, from: usize, text: &mut String) -> usize {
        let to = self.ids.len().min(from + PIECE);
        let entries = render_references(self.kind, &self.ids.references(from, to), &self.base_url, &self.projection);
        for (at, entry) in entries.iter().enumerate() {
            if from + at > 0 {
                text.push(',');
            }
            text.push_str(&entry.to_string());
        }
        to
    }
}

#[cfg(test)]
mod tests {
    use scim::schema::GROUP;
    use serde_json::json;

    use super::*;

    fn shown(members: usize, attributes: Option<&str>) -> Shown {
        let ids = (0..members).map(|n| UserId::from_ulid((n as u128).into())).collect();
        let resource = json!({"id": "1", "displayName": "G", "meta": {"location": "L"}});
        let projection = Projection::parse(&GROUP, attributes, None).unwrap();
        Shown::new(&GROUP, resource, Some(Ids::Members(ids)), (&projection, "https://x.example"))
    }

    #[test]
    fn members_come_in_pieces() {
        for (members, pieces) in [(0, 1), (1, 1), (PIECE, 1), (PIECE + 1, 2), (3 * PIECE, 3)] {
            let shown = shown(members, None);
            assert_eq!(shown.location(), Some("L"));
            let texts: Vec<_> = shown.pieces().collect();
            assert_eq!(texts.len(), pieces, "{members}");
            let read: Value = serde_json::from_str(&texts.concat()).unwrap();
            assert_eq!(read["members"].as_array().unwrap().len(), members);
            assert_eq!((&read["displayName"], &read["meta"]["location"]), (&json!("G"), &json!("L")));
        }
    }

    #[test]
    fn members_are_projected() {
        let read = |attributes| serde_json::from_str::<Value>(&shown(2, attributes).into_text()).unwrap();
        let user = |n: u128| UserId::from_ulid(n.into());
        let all = read(None)["members"][1].clone();
        let whole = json!({"value": user(1), "type": "User", "$ref": format!("https://x.example/Users/{}", user(1))});
        assert_eq!(all, whole);
        assert_eq!(
            read(Some("members.value")),
            json!({"id": "1", "members": [{"value": user(0)}, {"value": user(1)}]})
        );
        assert_eq!(read(Some("displayName")), json!({"id": "1", "displayName": "G"}));
    }
}
