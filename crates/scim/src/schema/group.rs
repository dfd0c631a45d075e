//! The core Group (RFC 7643 section 4.2, table of section 8.7.1).

use super::Schema;
use super::attribute::Attribute;

const MEMBERS: &[Attribute] = &[
    Attribute::string("value", "The id of the member.").exact().immutable(),
    Attribute::reference("$ref", &["User"], "The URI of the member.").immutable(),
    // Many providers send it: their name for the member, which is not kept.
    Attribute::string("display", "The member's name for people to read.").read_only(),
    Attribute::label(&["User"]).immutable(),
];

pub static GROUP_SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    description: "Group",
    attributes: &[
        Attribute::string("displayName", "The name for people to read; unique without case.")
            .required()
            .unique()
            .indexed(),
        Attribute::many("members", MEMBERS, "The members.").detached(),
    ],
};
