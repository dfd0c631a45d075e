//! Lists.

use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::{
    Directory, DirectoryGroup, DirectoryUserWithGroups, Event, ListTag, Organization, ParkedReference, WebhookEndpoint,
};

macro_rules! lists {
    ($($name:ident = $item:ident,)*) => {
        $(/// A page of a list.
        #[derive(ToSchema)]
        pub struct $name {
            #[schema(inline)]
            pub object: ListTag,
            pub data: Vec<$item>,
            pub list_metadata: ListMetadata,
        })*
    };
}

// Not one generic type: utoipa would describe each item anew inside its list.
lists! {
    DirectoryList = Directory,
    DirectoryGroupList = DirectoryGroup,
    DirectoryUserList = DirectoryUserWithGroups,
    OrganizationList = Organization,
    ParkedReferenceList = ParkedReference,
    WebhookEndpointList = WebhookEndpoint,
}

/// Where the neighbouring pages lie: ids of this list, null where there is nothing.
#[derive(ToSchema)]
pub struct ListMetadata {
    #[schema(required, example = json!(null))]
    pub before: Option<String>,
    #[schema(required, example = json!(null))]
    pub after: Option<String>,
}

/// A page of the event log, oldest first.
#[derive(ToSchema)]
pub struct EventList {
    #[schema(inline)]
    pub object: ListTag,
    pub data: Vec<Event>,
    pub list_metadata: EventListMetadata,
}

/// Where to read on; null: nothing more has happened.
#[derive(ToSchema)]
pub struct EventListMetadata {
    #[schema(required, example = "event_01HF7YAT00Z2RAY2RMT8R4QZ7A")]
    pub after: Option<String>,
}

/// The order of a list.
pub fn pagination_order() -> Object {
    let orders = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["desc", "asc", "normal"]));
    orders.default(Some(json!("desc"))).build()
}
