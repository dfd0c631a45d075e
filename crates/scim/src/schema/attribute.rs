//! One attribute and its characteristics.

/// RFC 7643 section 2.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    String,
    Boolean,
    Decimal,
    Integer,
    DateTime,
    Reference,
    Binary,
    Complex,
}

/// RFC 7643 section 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    ReadOnly,
    ReadWrite,
    Immutable,
    WriteOnly,
}

/// RFC 7643 section 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    Always,
    Never,
    Default,
    Request,
}

/// RFC 7643 section 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    None,
    Server,
    Global,
}

/// One row of a schema (RFC 7643 section 7), and some facts of ours that the RFC leaves to the service provider.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the characteristics of RFC 7643 section 7 are booleans")]
pub struct Attribute {
    pub name: &'static str,
    pub kind: Type,
    pub multi_valued: bool,
    pub description: &'static str,
    pub required: bool,
    pub canonical_values: &'static [&'static str],
    pub case_exact: bool,
    pub mutability: Mutability,
    pub returned: Returned,
    pub uniqueness: Uniqueness,
    pub reference_types: &'static [&'static str],
    pub sub_attributes: &'static [Attribute],
    /// References that are kept apart from the document, one row each: a group may have 100,000 members.
    pub detached: bool,
    /// What a resource has that was never told.
    pub default: Option<bool>,
    /// Blanks around the value carry no meaning.
    pub trimmed: bool,
    /// What SCIM 1.1 called it.
    pub former_name: Option<&'static str>,
    /// Found by an index, which takes a short value only: see [`crate::limits::MAX_NAME_BYTES`].
    pub indexed: bool,
    /// Read-only by the letter, and known better by the client than by us.
    pub given: bool,
}

impl Attribute {
    /// A sub-attribute by name, without case.
    pub fn sub_attribute(&self, name: &str) -> Option<&'static Attribute> {
        find(self.sub_attributes, name)
    }

    /// A sub-attribute by the name it had in SCIM 1.1, without case.
    pub(crate) fn former_sub_attribute(&self, name: &str) -> Option<&'static Attribute> {
        let had = |sub: &&Attribute| sub.former_name.is_some_and(|former| former.eq_ignore_ascii_case(name));
        self.sub_attributes.iter().find(had)
    }

    /// The significant value of a complex attribute (RFC 7643 section 2.4).
    pub fn value(&self) -> Option<&'static Attribute> {
        self.sub_attribute("value")
    }

    /// The sub-attribute that is true for at most one entry (RFC 7643 section 2.4).
    pub fn primary(&self) -> Option<&'static Attribute> {
        self.sub_attribute("primary")
    }

    /// Says something about an entry's value and nothing without it (RFC 7643 section 2.4).
    pub(crate) fn is_qualifier(&self) -> bool {
        matches!(self.name, "type" | "primary" | "$ref")
    }

    pub(crate) const fn is_complex(&self) -> bool {
        matches!(self.kind, Type::Complex)
    }

    pub(super) const fn new(name: &'static str, kind: Type, description: &'static str) -> Self {
        Self {
            name,
            kind,
            multi_valued: false,
            description,
            required: false,
            canonical_values: &[],
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            reference_types: &[],
            sub_attributes: &[],
            detached: false,
            default: None,
            trimmed: false,
            former_name: None,
            indexed: false,
            given: false,
        }
    }

    pub(super) const fn string(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Type::String, description)
    }

    pub(super) const fn complex(name: &'static str, subs: &'static [Attribute], description: &'static str) -> Self {
        Self { sub_attributes: subs, ..Self::new(name, Type::Complex, description) }
    }

    pub(super) const fn many(name: &'static str, subs: &'static [Attribute], description: &'static str) -> Self {
        Self { multi_valued: true, ..Self::complex(name, subs, description) }
    }

    pub(super) const fn reference(name: &'static str, to: &'static [&'static str], description: &'static str) -> Self {
        Self { reference_types: to, case_exact: true, ..Self::new(name, Type::Reference, description) }
    }

    /// The label of an entry and the values it usually has.
    pub(super) const fn label(canonical_values: &'static [&'static str]) -> Self {
        let description = "A label for the function of the value.";
        Self { canonical_values, ..Self::string("type", description) }
    }

    pub(super) const fn exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) const fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    pub(super) const fn mutability(self, mutability: Mutability) -> Self {
        Self { mutability, ..self }
    }

    pub(super) const fn read_only(self) -> Self {
        self.mutability(Mutability::ReadOnly)
    }

    pub(super) const fn immutable(self) -> Self {
        self.mutability(Mutability::Immutable)
    }

    pub(super) const fn returned(self, returned: Returned) -> Self {
        Self { returned, ..self }
    }

    pub(super) const fn detached(self) -> Self {
        Self { detached: true, ..self }
    }

    pub(super) const fn or_else(self, default: bool) -> Self {
        Self { default: Some(default), ..self }
    }

    pub(super) const fn trimmed(self) -> Self {
        Self { trimmed: true, ..self }
    }

    pub(super) const fn formerly(self, name: &'static str) -> Self {
        Self { former_name: Some(name), ..self }
    }

    pub(super) const fn given(self) -> Self {
        Self { given: true, ..self }
    }

    pub(super) const fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }
}

pub(super) fn find(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

impl Type {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Reference => "reference",
            Self::Binary => "binary",
            Self::Complex => "complex",
        }
    }
}

impl Mutability {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "readOnly",
            Self::ReadWrite => "readWrite",
            Self::Immutable => "immutable",
            Self::WriteOnly => "writeOnly",
        }
    }
}

impl Returned {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::Default => "default",
            Self::Request => "request",
        }
    }
}

impl Uniqueness {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Server => "server",
            Self::Global => "global",
        }
    }
}
