//! The attributes that every resource has (RFC 7643 section 3.1), and `schemas` (section 3).

use super::attribute::{Attribute, Returned, Type};

const META: &[Attribute] = &[
    Attribute::string("resourceType", "The name of the resource's type.").exact().read_only(),
    Attribute::new("created", Type::DateTime, "When the resource was added.").exact().read_only(),
    Attribute::new("lastModified", Type::DateTime, "When the resource last changed.").exact().read_only(),
    Attribute::reference("location", &["uri"], "The URI of the resource.").read_only(),
    Attribute::string("version", "The version of the resource.").exact().read_only(),
];

const SCHEMAS: Attribute = Attribute::reference("schemas", &["uri"], "The URNs of the schemas that are present.");

pub const COMMON: &[Attribute] = &[
    Attribute { multi_valued: true, ..SCHEMAS.required().read_only().returned(Returned::Always) },
    Attribute::string("id", "The identifier that the service provider gives.")
        .exact()
        .required()
        .read_only()
        .unique()
        .returned(Returned::Always),
    Attribute::string("externalId", "The identifier that the client gives.").exact().indexed(),
    Attribute::complex("meta", META, "Metadata of the resource.").read_only(),
];
