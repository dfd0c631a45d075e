//! The constant `object` member of every public object.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A kind of public object; gives the text of its `object` member.
pub trait Object {
    const NAME: &'static str;
}

/// Serializes as [`Object::NAME`] and reads nothing else.
pub struct ObjectTag<O>(PhantomData<fn() -> O>);

macro_rules! objects {
    ($($name:ident = $text:literal,)*) => {
        $(#[derive(Debug)] pub enum $name {}
        impl Object for $name { const NAME: &'static str = $text; })*
    };
}

objects! {
    Directory = "directory",
    DirectoryUser = "directory_user",
    DirectoryGroup = "directory_group",
    DirectoryToken = "directory_token",
    Organization = "organization",
    OrganizationDomain = "organization_domain",
    WebhookEndpoint = "webhook_endpoint",
    Event = "event",
    ParkedReference = "parked_reference",
    List = "list",
}

impl<O: Object> Serialize for ObjectTag<O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(O::NAME)
    }
}

impl<'de, O: Object> Deserialize<'de> for ObjectTag<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let expected = format_args!("object is not {:?}", O::NAME).to_string();
        (text == O::NAME).then_some(Self(PhantomData)).ok_or_else(|| serde::de::Error::custom(expected))
    }
}

impl<O> Default for ObjectTag<O> {
    fn default() -> Self {
        Self(PhantomData)
    }
}
impl<O> Clone for ObjectTag<O> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<O> Copy for ObjectTag<O> {}
impl<O> PartialEq for ObjectTag<O> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl<O> Eq for ObjectTag<O> {}
impl<O: Object> fmt::Debug for ObjectTag<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(O::NAME)
    }
}
