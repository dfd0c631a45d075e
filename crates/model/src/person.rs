//! The canonical user and group: what every identity provider's dialect is mapped to, before it becomes a view.

use serde_json::{Map, Value};

/// A person as one directory describes them. `None` is "not given"; nothing here is invented.
///
/// Produced by `normalize` from a clean SCIM document; becomes a [`crate::view::DirectoryUser`] by
/// [`crate::derive::user`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Person {
    pub user_name: String,
    pub external_id: Option<String>,
    pub active: bool,
    pub primary_email: Option<String>,
    pub emails: Vec<Email>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub formatted_name: Option<String>,
    pub display_name: Option<String>,
    pub job_title: Option<String>,
    pub employee_number: Option<String>,
    pub employee_type: Option<String>,
    pub employment_start_date: Option<String>,
    pub department: Option<String>,
    pub division: Option<String>,
    pub cost_center: Option<String>,
    pub organization: Option<String>,
    pub manager: Option<Manager>,
    pub addresses: Vec<Value>,
    /// The document itself, as the identity provider wrote it.
    pub raw: Map<String, Value>,
}

/// One mail address of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Email {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<bool>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub value: Option<String>,
}

/// A person's manager: the raw reference, and what it resolved to inside the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manager {
    /// As the identity provider sent it: one of our ids, an external id, or anything else.
    pub value: String,
    pub display_name: Option<String>,
    pub email: Option<String>,
}

/// A group as one directory describes it, without its members.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Team {
    pub display_name: String,
    pub external_id: Option<String>,
    pub raw: Map<String, Value>,
}
