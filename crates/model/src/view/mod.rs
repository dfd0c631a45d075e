//! The public JSON: what REST answers and what events carry, one struct per object.

mod custom;
mod directory;
mod endpoint;
mod event;
mod group;
mod organization;
mod parked;
pub mod tag;
mod user;

pub use custom::Custom;
pub use directory::{DirectoryEvent, DirectoryMetadata, DirectoryView, DomainName, TokenEvent, UserCounts};
pub use endpoint::EndpointView;
pub use event::{Context, Envelope, MembershipData, Updated};
pub use group::DirectoryGroup;
pub use organization::{DomainView, OrganizationView};
pub use parked::ParkedView;
pub use tag::ObjectTag;
pub use user::{DirectoryUser, UserState};
