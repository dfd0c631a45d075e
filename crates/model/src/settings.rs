//! How a directory departs from the letter of SCIM, as its owner has it.

use serde::{Deserialize, Serialize};

/// What is not stored is as by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DirectorySettings {
    /// No leniency at all, whatever else is set.
    pub strict: bool,
    /// An `Authorization` header may hold the token alone.
    pub bare_token: bool,
    pub unknown_attributes: UnknownAttributes,
    pub empty_operations: EmptyOperations,
    pub group_put_without_members: OmittedMembers,
}

/// What becomes of attributes that no schema has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownAttributes {
    /// They are left out, and listed with the request's deviations.
    Drop,
    /// 400 `invalidSyntax` or `invalidPath`.
    Reject,
}

/// What becomes of a PATCH without operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyOperations {
    /// A success that changes nothing.
    Ignore,
    /// 400 `invalidSyntax`.
    Reject,
}

/// What a PUT of a group that does not mention its members does to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OmittedMembers {
    Clear,
    Keep,
}

impl Default for DirectorySettings {
    fn default() -> Self {
        Self {
            strict: false,
            bare_token: true,
            unknown_attributes: UnknownAttributes::Drop,
            empty_operations: EmptyOperations::Ignore,
            group_put_without_members: OmittedMembers::Clear,
        }
    }
}

impl DirectorySettings {
    /// As they take effect: to be strict overrules the rest.
    #[must_use]
    pub fn effective(self) -> Self {
        if !self.strict {
            return self;
        }
        Self {
            strict: true,
            bare_token: false,
            unknown_attributes: UnknownAttributes::Reject,
            empty_operations: EmptyOperations::Reject,
            group_put_without_members: OmittedMembers::Clear,
        }
    }

    #[must_use]
    pub fn with(self, change: &SettingsChange) -> Self {
        Self {
            strict: change.strict.unwrap_or(self.strict),
            bare_token: change.bare_token.unwrap_or(self.bare_token),
            unknown_attributes: change.unknown_attributes.unwrap_or(self.unknown_attributes),
            empty_operations: change.empty_operations.unwrap_or(self.empty_operations),
            group_put_without_members: change.group_put_without_members.unwrap_or(self.group_put_without_members),
        }
    }
}

/// What is absent stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    pub strict: Option<bool>,
    pub bare_token: Option<bool>,
    pub unknown_attributes: Option<UnknownAttributes>,
    pub empty_operations: Option<EmptyOperations>,
    pub group_put_without_members: Option<OmittedMembers>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_as_by_default() {
        let read = |json: &str| serde_json::from_str::<DirectorySettings>(json).unwrap();
        let settings = DirectorySettings { bare_token: false, ..DirectorySettings::default() };
        assert_eq!(read(r#"{"bare_token":false}"#), settings);
        assert_eq!(read(&serde_json::to_string(&settings).unwrap()), settings);
        let change: SettingsChange = serde_json::from_str(r#"{"unknown_attributes":"reject"}"#).unwrap();
        let changed = DirectorySettings { unknown_attributes: UnknownAttributes::Reject, ..settings };
        assert_eq!(settings.with(&change), changed);
        assert_eq!(changed.effective(), changed);
        assert_eq!(changed.with(&SettingsChange::default()), changed);
    }

    #[test]
    fn to_be_strict_overrules_the_rest() {
        let settings = DirectorySettings { strict: true, ..DirectorySettings::default() }.effective();
        assert!(!settings.bare_token && settings.effective() == settings);
        assert_eq!(settings.unknown_attributes, UnknownAttributes::Reject);
        assert_eq!(settings.empty_operations, EmptyOperations::Reject);
    }
}
