//! Every departure from the letter of RFC 7643 and 7644 that needs the grammar or the resource, as a named option.
//!
//! The cast: [`Leniency`] is one option, [`Lenience`] a set of them (none = the letter), [`Departure`] says that one was
//! used and where. The numbers N1-N30 and the quirk names are
//! those of the catalogue of identity providers (`quirks.md`); the recordings of `tests/idp` prove them.

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::limits::MAX_COMPARED_BYTES;
use crate::schema::Attribute;

macro_rules! leniencies {
    ($($(#[$doc:meta])* $option:ident = $name:literal,)*) => {
        /// One named departure from the letter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Leniency {
            $($(#[$doc])* #[serde(rename = $name)] $option,)*
        }

        impl Leniency {
            pub const ALL: &[Self] = &[$(Self::$option),*];

            /// The option's name in settings and reports.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$option => $name),* }
            }
        }
    };
}

leniencies! {
    /// N7: `schemas` may be absent, wrong or incomplete (RFC 7643 section 3 requires it). `any-missing-schemas`.
    AdvisorySchemas = "advisory_schemas",
    /// N9: "True", "false", … where the schema or the other side of a comparison says boolean. `any-bool-string`.
    BooleanStrings = "boolean_strings",
    /// N10: `["x"]` for a single-valued attribute is `"x"`. `any-one-element-array`, `entra-manager-array`.
    UnwrapArrays = "unwrap_arrays",
    /// N10: one value for a multi-valued attribute is a list of one. `onelogin-emails-dict`.
    WrapValues = "wrap_values",
    /// N10: a string for a complex attribute is its `value`. `entra-manager-bare-string`.
    StringForComplex = "string_for_complex",
    /// N10: a part of a complex value by the name that SCIM 1.1 gave it: `manager.managerId`. `onelogin-managerid`.
    FormerNames = "former_names",
    /// An entry whose `value` is a JSON object in a string is that object: its `value` and its `displayName`.
    /// `entra-role-json-string`.
    JsonInString = "json_in_string",
    /// N11: blanks around the parts of a person's name are cut off. `onelogin-leading-space`.
    TrimNames = "trim_names",
    /// N11: an empty or blank string means absent. `any-empty-string-is-absent`, `entra-manager-empty-string`.
    BlankIsAbsent = "blank_is_absent",
    /// N11: an entry left with only `type`, `primary` or `$ref` is dropped. `any-null-in-patch`.
    DropHollow = "drop_hollow",
    /// N12: an attribute that no schema has is dropped. `any-unknown-attribute`.
    DropUnknown = "drop_unknown",
    /// N12: extensions without a known schema are kept as they are. `entra-custom-urn-undeclared`.
    OpenExtensions = "open_extensions",
    /// N14: an extension's attribute may be named without its URN. `entra-manager-array`, `entra-reference-filter`.
    BareExtensionNames = "bare_extension_names",
    /// N15: keys of a value may be paths: dotted, filtered or URN-qualified. `entra-dotted-keys`, `entra-urn-keys-in-value`.
    PathKeys = "path_keys",
    /// N23: of several primary entries in one list the first wins. `ping-two-primaries`.
    FirstPrimaryWins = "first_primary_wins",
    /// N13: `op` in any case. `entra-capital-op`.
    AnyCaseOp = "any_case_op",
    /// N13: a missing `op` is `replace`. `okta-op-missing`.
    MissingOpReplaces = "missing_op_replaces",
    /// An empty `Operations` changes nothing (RFC 7644 section 3.5.2 wants at least one). `entra-validator-empty-ops`.
    EmptyOperations = "empty_operations",
    /// N8: a read-only attribute in a PATCH is ignored. `okta-readonly-id-in-patch`.
    IgnoreReadOnly = "ignore_read_only",
    /// N8: `manager.displayName`, read-only by RFC 7643 section 4.3, is kept as it comes: the manager may be nobody we know.
    /// `onelogin-managerid`.
    KeepGiven = "keep_given",
    /// N28: entries with the same `value` and `type` stay as they are written (RFC 7643 section 2.4 would have them once).
    KeepRepeated = "keep_repeated",
    /// N17: a filtered path without a match creates the entry. `entra-filtered-path-create`.
    CreateEntries = "create_entries",
    /// N18: `active` cannot be removed: nobody gains or loses access by a slip. (By the letter it can, and who has none is inactive.)
    PermanentActive = "permanent_active",
    /// N18: removing by a filter without a match is a success. `any-remove-absent-member`.
    RemoveAbsent = "remove_absent",
    /// N19: `remove` with a `value` removes the listed values only. `entra-remove-members-value-array`.
    RemoveListed = "remove_listed",
    /// N27: an unquoted filter value is a string. `entra-unquoted-filter`, `authentik-unquoted-filter`.
    UnquotedValues = "unquoted_values",
    /// N27: a value path may be followed by a sub-attribute. `entra-valuepath-dot-filter`.
    DottedValuePath = "dotted_value_path",
    /// N27: a single complex attribute is compared by its `value`. `entra-reference-filter`.
    ComplexAsValue = "complex_as_value",
}

/// Which departures are forgiven. `Lenience::default()` forgives none: the letter of the RFCs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lenience(u32);

impl Lenience {
    /// Everything is forgiven: the one rule set that satisfies every identity provider at once.
    pub fn all() -> Self {
        Leniency::ALL.iter().copied().collect()
    }

    #[must_use]
    pub const fn with(self, option: Leniency) -> Self {
        Self(self.0 | Self::bit(option))
    }

    #[must_use]
    pub const fn without(self, option: Leniency) -> Self {
        Self(self.0 & !Self::bit(option))
    }

    pub const fn allows(self, option: Leniency) -> bool {
        self.0 & Self::bit(option) != 0
    }

    const fn bit(option: Leniency) -> u32 {
        1 << option as u32
    }
}

impl FromIterator<Leniency> for Lenience {
    fn from_iter<I: IntoIterator<Item = Leniency>>(options: I) -> Self {
        options.into_iter().fold(Self::default(), Self::with)
    }
}

/// An option that a request made use of, and the attribute (or key) it was used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Departure {
    pub option: Leniency,
    pub path: String,
}

/// The departures of one request as they are met, each told once, and how much it has compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Leeway {
    pub(crate) lenience: Lenience,
    pub(crate) departures: Vec<Departure>,
    compared_bytes: usize,
}

impl Leeway {
    pub(crate) fn new(lenience: Lenience) -> Self {
        Self { lenience, departures: Vec::new(), compared_bytes: 0 }
    }

    /// Whether `option` is on; if so, its use at `path` is noted.
    pub(crate) fn allow(&mut self, option: Leniency, path: impl Display) -> bool {
        let allowed = self.lenience.allows(option);
        if allowed {
            self.note(Departure { option, path: crate::error::shown(&path.to_string()) });
        }
        allowed
    }

    /// Whether what the client says of a read-only attribute is kept.
    pub(crate) fn may_give(&mut self, attribute: &Attribute, path: impl Display) -> bool {
        attribute.given && self.allow(Leniency::KeepGiven, path)
    }

    /// Counts what is about to be compared.
    pub(crate) fn compare(&mut self, bytes: usize) -> Result<(), Error> {
        self.compared_bytes = self.compared_bytes.saturating_add(bytes);
        if self.compared_bytes > MAX_COMPARED_BYTES {
            return Err(Error::too_many(format!("more than {MAX_COMPARED_BYTES} bytes to compare")));
        }
        Ok(())
    }

    fn note(&mut self, departure: Departure) {
        if self.departures.len() < crate::limits::MAX_DEPARTURES && !self.departures.contains(&departure) {
            self.departures.push(departure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MAX_DEPARTURES;

    #[test]
    fn a_set_of_options() {
        for &option in Leniency::ALL {
            assert!(!Lenience::default().allows(option), "{option:?}");
            assert!(Lenience::all().allows(option), "{option:?}");
            assert!(!Lenience::all().without(option).allows(option), "{option:?}");
            assert_eq!(Lenience::default().with(option), [option].into_iter().collect());
            assert_eq!(serde_json::to_value(option).unwrap(), option.name());
        }
    }

    #[test]
    fn comparing_is_bounded() {
        let mut leeway = Leeway::new(Lenience::default());
        assert_eq!(leeway.compare(MAX_COMPARED_BYTES), Ok(()));
        assert_eq!(leeway.compare(1), Err(Error::too_many("more than 20971520 bytes to compare")));
    }

    #[test]
    fn departures_are_told_once_and_bounded() {
        let mut leeway = Leeway::new(Lenience::all());
        assert!(leeway.allow(Leniency::DropUnknown, "a") && leeway.allow(Leniency::DropUnknown, "a"));
        assert_eq!(leeway.departures.len(), 1);
        for n in 0..=MAX_DEPARTURES {
            assert!(leeway.allow(Leniency::DropUnknown, n));
        }
        assert_eq!(leeway.departures.len(), MAX_DEPARTURES);
    }
}
