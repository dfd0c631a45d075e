//! The core User (RFC 7643 section 4.1, table of section 8.7.1).

use super::Schema;
use super::attribute::{Attribute, Mutability, Returned, Type};

const DISPLAY: Attribute = Attribute::string("display", "A name for people to read.");
const PRIMARY: Attribute =
    Attribute::new("primary", Type::Boolean, "Whether this is the preferred entry; at most one is.");

const NAME: &[Attribute] = &[
    Attribute::string("formatted", "The full name, formatted for display.").trimmed(),
    Attribute::string("familyName", "The family name, or last name.").trimmed(),
    Attribute::string("givenName", "The given name, or first name.").trimmed(),
    Attribute::string("middleName", "The middle name or names.").trimmed(),
    Attribute::string("honorificPrefix", "The title before the name, for example \"Ms.\".").trimmed(),
    Attribute::string("honorificSuffix", "The title after the name, for example \"III\".").trimmed(),
];

const EMAILS: &[Attribute] = &[
    Attribute::string("value", "The address.").indexed(),
    DISPLAY,
    Attribute::label(&["work", "home", "other"]),
    PRIMARY,
];

const PHONE_NUMBERS: &[Attribute] = &[
    Attribute::string("value", "The number."),
    DISPLAY,
    Attribute::label(&["work", "home", "mobile", "fax", "pager", "other"]),
    PRIMARY,
];

const IMS: &[Attribute] = &[
    Attribute::string("value", "The address in the messaging service."),
    DISPLAY,
    Attribute::label(&["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
    PRIMARY,
];

const PHOTOS: &[Attribute] = &[
    Attribute::reference("value", &["external"], "The URL of a picture of the user."),
    DISPLAY,
    Attribute::label(&["photo", "thumbnail"]),
    PRIMARY,
];

const ADDRESSES: &[Attribute] = &[
    Attribute::string("formatted", "The full address, formatted for display; it may hold line breaks."),
    Attribute::string("streetAddress", "The street, the house and what goes with them."),
    Attribute::string("locality", "The city or locality."),
    Attribute::string("region", "The state or region."),
    Attribute::string("postalCode", "The postal code."),
    Attribute::string("country", "The country."),
    Attribute::label(&["work", "home", "other"]),
    PRIMARY,
];

const GROUPS: &[Attribute] = &[
    Attribute::string("value", "The id of the group.").exact().read_only(),
    Attribute::reference("$ref", &["Group"], "The URI of the group.").read_only(),
    DISPLAY.read_only(),
    Attribute::label(&["direct", "indirect"]).read_only(),
];

const ENTITLEMENTS: &[Attribute] =
    &[Attribute::string("value", "The entitlement."), DISPLAY, Attribute::label(&[]), PRIMARY];

const ROLES: &[Attribute] = &[Attribute::string("value", "The role."), DISPLAY, Attribute::label(&[]), PRIMARY];

const CERTIFICATES: &[Attribute] = &[
    Attribute::new("value", Type::Binary, "The certificate, DER in base64.").exact(),
    DISPLAY,
    Attribute::label(&[]),
    PRIMARY,
];

pub static USER_SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    description: "User Account",
    attributes: &[
        Attribute::string("userName", "What the user signs in with; unique without case.")
            .required()
            .unique()
            .indexed(),
        Attribute::complex("name", NAME, "The parts of the user's name."),
        Attribute::string("displayName", "The name for people to read.").indexed(),
        Attribute::string("nickName", "The casual name."),
        Attribute::reference("profileUrl", &["external"], "The URL of the user's profile."),
        Attribute::string("title", "The title, for example \"Vice President\"."),
        Attribute::string("userType", "The relation to the organization, for example \"Contractor\"."),
        Attribute::string("preferredLanguage", "The preferred languages, as in HTTP's Accept-Language."),
        Attribute::string("locale", "The locale, for example \"en-US\"."),
        Attribute::string("timezone", "The time zone, for example \"America/Los_Angeles\"."),
        Attribute::new("active", Type::Boolean, "Whether the user may work here.").or_else(true),
        Attribute::string("password", "Accepted and never kept.")
            .exact()
            .mutability(Mutability::WriteOnly)
            .returned(Returned::Never),
        Attribute::many("emails", EMAILS, "The e-mail addresses."),
        Attribute::many("phoneNumbers", PHONE_NUMBERS, "The phone numbers."),
        Attribute::many("ims", IMS, "The addresses for instant messages."),
        Attribute::many("photos", PHOTOS, "The URLs of pictures."),
        Attribute::many("addresses", ADDRESSES, "The postal addresses."),
        Attribute::many("groups", GROUPS, "The groups the user is a member of.").read_only().detached(),
        Attribute::many("entitlements", ENTITLEMENTS, "The entitlements."),
        Attribute::many("roles", ROLES, "The roles."),
        Attribute::many("x509Certificates", CERTIFICATES, "The certificates."),
    ],
};
