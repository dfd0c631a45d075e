#![doc = include_str!("../README.md")]
#![expect(clippy::panic, clippy::missing_panics_doc, reason = "that is how a finding is told")]

mod filter;
mod patch;
mod resource;
mod given;
mod judge;
mod pace;
mod long;

pub use filter::filter;
pub use patch::{patch_body, path};
pub use resource::resource_body;

pub type Target = fn(&[u8]);

/// By name.
pub const TARGETS: [(&str, Target); 4] =
    [("filter", filter), ("path", path), ("patch_body", patch_body), ("resource_body", resource_body)];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// What found something once finds nothing now.
    #[test]
    fn the_corpus_holds() {
        for (name, target) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
            let mut played = 0;
            for entry in fs::read_dir(folder).unwrap() {
                target(&fs::read(entry.unwrap().path()).unwrap());
                played += 1;
            }
            assert!(played >= 20, "{name}: {played}");
        }
    }
}
