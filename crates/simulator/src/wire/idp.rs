use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use thiserror::Error;

use super::Wire;
use super::entra::Entra;
use super::okta::Okta;

/// The identity providers that can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Idp {
    /// Okta's client for apps of its integration network: PUT for profiles, PATCH for the rest.
    Okta,
    /// Microsoft Entra ID in its default mode, without `aadOptscim062020`.
    Entra,
}

/// Not one of the names of [`Idp`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no identity provider is called {0:?}; known are okta and entra")]
pub struct UnknownIdp(pub String);

impl Idp {
    pub const ALL: [Self; 2] = [Self::Okta, Self::Entra];

    /// As written on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Entra => "entra",
        }
    }

    /// The directory type that its endpoint is made with.
    pub fn directory_type(self) -> &'static str {
        match self {
            Self::Okta => "okta scim v2.0",
            Self::Entra => "azure scim v2.0",
        }
    }

    pub(crate) fn wire(self) -> &'static dyn Wire {
        match self {
            Self::Okta => &Okta,
            Self::Entra => &Entra,
        }
    }
}

impl fmt::Display for Idp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

impl FromStr for Idp {
    type Err = UnknownIdp;

    fn from_str(name: &str) -> Result<Self, UnknownIdp> {
        Self::ALL.into_iter().find(|idp| idp.name() == name).ok_or_else(|| UnknownIdp(name.to_owned()))
    }
}
