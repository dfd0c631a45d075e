//! What the real providers rely on in an answer, and nothing beyond it.

use serde_json::Value;

use crate::client::Answer;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expect {
    /// 200 and a list without hits.
    NoHit,
    /// 200 and a list with `totalResults` as a number.
    List,
    /// 200 and a list with this resource alone.
    Hit(String),
    /// 201 with a string `id`, the userName echoed as it was written and `active` as it was sent.
    UserCreated { user_name: String },
    /// 201 with a string `id` and the name echoed.
    GroupCreated { display_name: String },
    /// 200 with the user; `active` as given, if it matters.
    User { id: String, active: Option<bool> },
    /// 204, or 200 with the user.
    UserPatched { id: String, active: Option<bool> },
    /// 200 with the group.
    Group { id: String },
    /// 200 with the group and no `members` in it.
    GroupWithoutMembers { id: String },
    /// 204, or 200 with anything.
    Done,
    /// 204.
    Deleted,
    /// This status, with a SCIM error as its body.
    Refused(u16),
}

type Verdict = Result<(), String>;

impl Expect {
    /// Why the answer is not what the provider needs, in words.
    pub(crate) fn check(&self, answer: &Answer) -> Verdict {
        self.check_status(answer.status, answer)?;
        answer.check_media_type()?;
        if answer.status == 204 { Ok(()) } else { self.check_body(&answer.body) }
    }

    fn check_status(&self, status: u16, answer: &Answer) -> Verdict {
        let fits = match self {
            Self::UserPatched { .. } | Self::Done => matches!(status, 200 | 204),
            Self::UserCreated { .. } | Self::GroupCreated { .. } => status == 201,
            Self::Deleted => status == 204,
            Self::Refused(expected) => status == *expected,
            _ => status == 200,
        };
        if fits { Ok(()) } else { Err(answer.detail()) }
    }

    fn check_body(&self, body: &Value) -> Verdict {
        match self {
            Self::NoHit => list(body, Some(0)),
            Self::List => list(body, None),
            Self::Hit(id) => list(body, Some(1)).and_then(|()| same(body, "/Resources/0/id", id)),
            Self::UserCreated { user_name } => {
                text(body, "/id")?;
                same(body, "/userName", user_name)?;
                active(body, Some(true))
            }
            Self::GroupCreated { display_name } => {
                text(body, "/id").and_then(|()| same(body, "/displayName", display_name))
            }
            Self::User { id, active: state } | Self::UserPatched { id, active: state } => {
                same(body, "/id", id).and_then(|()| active(body, *state))
            }
            Self::Group { id } => same(body, "/id", id),
            Self::GroupWithoutMembers { id } => {
                same(body, "/id", id)?;
                if body.get("members").is_some() { Err("members came though excluded".to_owned()) } else { Ok(()) }
            }
            Self::Refused(status) => {
                same(body, "/schemas/0", "urn:ietf:params:scim:api:messages:2.0:Error")?;
                same(body, "/status", &status.to_string())
            }
            Self::Done | Self::Deleted => Ok(()),
        }
    }
}

fn list(body: &Value, hits: Option<u64>) -> Verdict {
    let total = body["totalResults"].as_u64().ok_or_else(|| format!("totalResults is {}", body["totalResults"]))?;
    let rows = body["Resources"].as_array().ok_or("Resources is no array")?;
    match hits {
        Some(hits) if total != hits => Err(format!("totalResults is {total} instead of {hits}")),
        Some(0) if !rows.is_empty() => Err(format!("{} Resources, but totalResults is 0", rows.len())),
        _ => Ok(()),
    }
}

fn same(body: &Value, pointer: &str, expected: &str) -> Verdict {
    match body.pointer(pointer) {
        Some(Value::String(found)) if found == expected => Ok(()),
        found => Err(format!("{pointer} is {} instead of \"{expected}\"", found.unwrap_or(&Value::Null))),
    }
}

fn text(body: &Value, pointer: &str) -> Verdict {
    match body.pointer(pointer) {
        Some(Value::String(found)) if !found.is_empty() => Ok(()),
        found => Err(format!("{pointer} is {}", found.unwrap_or(&Value::Null))),
    }
}

fn active(body: &Value, expected: Option<bool>) -> Verdict {
    match (body["active"].as_bool(), expected) {
        (None, _) => Err(format!("active is {}", body["active"])),
        (Some(found), Some(expected)) if found != expected => Err(format!("active is {found}")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(expect: &Expect, status: u16, body: &Value) -> Option<String> {
        expect.check(&Answer::of(status, body.clone())).err()
    }

    #[test]
    fn what_okta_and_entra_accept() {
        let user = json!({"id": "u1", "userName": "Ada@x", "active": true});
        let id = "u1".to_owned();
        for (expect, status, body) in [
            (Expect::NoHit, 200, json!({"totalResults": 0, "Resources": []})),
            (Expect::List, 200, json!({"totalResults": 7, "Resources": []})),
            (Expect::Hit(id.clone()), 200, json!({"totalResults": 1, "Resources": [user]})),
            (Expect::UserCreated { user_name: "Ada@x".to_owned() }, 201, user.clone()),
            (Expect::GroupCreated { display_name: "G".to_owned() }, 201, json!({"id": "g", "displayName": "G"})),
            (Expect::User { id: id.clone(), active: Some(true) }, 200, user.clone()),
            (Expect::UserPatched { id: id.clone(), active: Some(false) }, 204, json!(null)),
            (Expect::GroupWithoutMembers { id: id.clone() }, 200, json!({"id": "u1"})),
            (Expect::Done, 200, json!({})),
            (Expect::Deleted, 204, json!(null)),
            (
                Expect::Refused(409),
                409,
                json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409"}),
            ),
        ] {
            assert_eq!(check(&expect, status, &body), None, "{expect:?}");
        }
    }

    #[test]
    fn what_breaks_them_is_told() {
        let id = "u1".to_owned();
        for (expect, status, body, told) in [
            (Expect::NoHit, 404, json!({"detail": "nobody"}), "nobody"),
            (Expect::NoHit, 200, json!({"totalResults": 1, "Resources": [{}]}), "totalResults is 1 instead of 0"),
            (Expect::List, 200, json!({"totalResults": "3", "Resources": []}), "totalResults is \"3\""),
            (Expect::List, 200, json!({"totalResults": 3}), "Resources is no array"),
            (
                Expect::UserCreated { user_name: "Ada@x".to_owned() },
                201,
                json!({"id": "u1", "userName": "ada@x", "active": true}),
                "/userName is \"ada@x\" instead of \"Ada@x\"",
            ),
            (Expect::UserCreated { user_name: "a".to_owned() }, 201, json!({"id": 7}), "/id is 7"),
            (
                Expect::User { id: id.clone(), active: None },
                200,
                json!({"id": "u1", "active": "True"}),
                "active is \"True\"",
            ),
            (
                Expect::UserPatched { id, active: Some(false) },
                200,
                json!({"id": "u1", "active": true}),
                "active is true",
            ),
            (Expect::Deleted, 200, json!({}), ""),
            (Expect::Refused(404), 404, json!({"message": "x"}), "/schemas/0 is null"),
        ] {
            let problem = check(&expect, status, &body).unwrap();
            assert!(problem.contains(told), "{expect:?}: {problem}");
        }
    }
}
