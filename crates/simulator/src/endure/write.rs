use serde::Serialize;
use serde_json::json;

use crate::cast::Group;
use crate::load::person;
use crate::wire::{Idp, Request, patch};

/// The kinds of write that are mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteKind {
    CreateUser,
    CreateGroup,
    SetTitle,
    Deactivate,
    DeleteUser,
    AddMember,
    RemoveMember,
}

impl WriteKind {
    pub(super) fn creates(self) -> bool {
        matches!(self, Self::CreateUser | Self::CreateGroup)
    }
}

/// A write, accepted or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Write {
    /// Place of the directory among the targets.
    pub directory: usize,
    pub client: usize,
    /// Place among the client's writes, from 0.
    pub number: u64,
    pub kind: WriteKind,
    /// What the names of the user are made of that it is about, or those of a group that it creates.
    pub key: String,
    /// The userName or the group's name.
    pub name: String,
    /// Id of the user or group written to; absent for creates.
    pub id: Option<String>,
    /// Id of the user who joins or leaves the group, or the title that is set.
    pub value: Option<String>,
}

/// A write that the server has promised to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    pub write: Write,
    /// Of the user or group.
    pub id: String,
    /// Its answer was lost, and it was found afterwards.
    pub recovered: bool,
}

impl Write {
    /// As Okta would send it.
    pub(super) fn request(&self) -> Request {
        let key = &self.key;
        let (id, value) = (self.id.as_deref().unwrap_or_default(), self.value.as_deref().unwrap_or_default());
        let wire = Idp::Okta.wire();
        match self.kind {
            WriteKind::CreateUser => wire.create_user(&person(key)),
            WriteKind::CreateGroup => wire.create_group(&self.group(key), &[]),
            WriteKind::SetTitle => user(id, &json!({"title": value})),
            WriteKind::Deactivate => user(id, &json!({"active": false})),
            WriteKind::DeleteUser => Request::delete(format!("/Users/{id}")),
            WriteKind::AddMember => {
                let add = json!({"op": "add", "path": "members", "value": [{"value": value}]});
                Request::patch(format!("/Groups/{id}"), patch([add]))
            }
            WriteKind::RemoveMember => {
                let remove = json!({"op": "remove", "path": format!(r#"members[value eq "{value}"]"#)});
                Request::patch(format!("/Groups/{id}"), patch([remove]))
            }
        }
    }

    pub(super) fn look_up(&self) -> Request {
        let wire = Idp::Okta.wire();
        if self.kind == WriteKind::CreateGroup { wire.find_group(&self.name) } else { wire.find_user(&self.name) }
    }

    fn group(&self, key: &str) -> Group {
        let (display_name, source_id) = (self.name.clone(), key.to_owned());
        Group { number: 0, display_name, source_id, members: Vec::new(), newcomer: None }
    }
}

fn user(id: &str, value: &serde_json::Value) -> Request {
    Request::patch(format!("/Users/{id}"), patch([json!({"op": "replace", "value": value})]))
}
