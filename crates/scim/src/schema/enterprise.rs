//! The Enterprise User extension (RFC 7643 section 4.3).

use super::Schema;
use super::attribute::Attribute;

const MANAGER: &[Attribute] = &[
    Attribute::string("value", "The id of the manager.").exact().formerly("managerId"),
    Attribute::reference("$ref", &["User"], "The URI of the manager."),
    Attribute::string("displayName", "The manager's name.").read_only().given(),
];

pub static ENTERPRISE_USER: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    name: "EnterpriseUser",
    description: "Enterprise User",
    attributes: &[
        Attribute::string("employeeNumber", "The number the organization gave."),
        Attribute::string("costCenter", "The cost center."),
        Attribute::string("organization", "The organization."),
        Attribute::string("division", "The division."),
        Attribute::string("department", "The department."),
        Attribute::complex("manager", MANAGER, "The user's manager."),
    ],
};
