//! The constant `object` member of every object.

use utoipa::ToSchema;

macro_rules! tags {
    ($($name:ident = $text:literal,)*) => {
        $(#[derive(ToSchema)]
        pub enum $name {
            #[schema(rename = $text)]
            Constant,
        })*
    };
}

tags! {
    DirectoryTag = "directory",
    DirectoryUserTag = "directory_user",
    DirectoryGroupTag = "directory_group",
    DirectoryTokenTag = "directory_token",
    OrganizationTag = "organization",
    OrganizationDomainTag = "organization_domain",
    WebhookEndpointTag = "webhook_endpoint",
    EventTag = "event",
    ParkedReferenceTag = "parked_reference",
    ListTag = "list",
}
