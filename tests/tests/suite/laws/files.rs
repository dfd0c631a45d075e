//! The house's figures: how long files are, and that each crate introduces itself.

use std::fmt::Write;

use super::Violation;
use super::source::{Package, Source};

const LONGEST: usize = 300;

pub(super) fn check_lengths(packages: &[Package]) -> Vec<Violation> {
    let too_long = shipped(packages).filter(|source| lines(source) > LONGEST);
    too_long.map(|s| s.violation(LONGEST + 1, &format!("{} lines, at most {LONGEST}", lines(s)))).collect()
}

/// The largest, the median and the 90th percentile, and each crate's edges to ours.
pub(super) fn table(packages: &[Package]) -> String {
    let mut files: Vec<_> = shipped(packages).map(|source| (lines(source), source.path.as_str())).collect();
    files.sort_unstable();
    let at = |share: usize| {
        files.get((files.len() * share / 100).min(files.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    let (largest, path) = at(100);
    let mut table =
        format!("files    {}\nlargest  {largest} {path}\nmedian   {}\np90      {}\n", files.len(), at(50).0, at(90).0);
    for package in packages {
        let edges: Vec<_> = packages.iter().map(|p| p.name.as_str()).filter(|name| depends(package, name)).collect();
        let _ = writeln!(table, "{:<11}-> {}", package.name, edges.join(" "));
    }
    table
}

fn depends(package: &Package, on: &str) -> bool {
    package.manifest.get("dependencies").is_some_and(|dependencies| dependencies.get(on).is_some())
}

fn shipped(packages: &[Package]) -> impl Iterator<Item = &Source> {
    packages
        .iter()
        .filter(|package| package.name != "tests")
        .flat_map(|p| &p.sources)
        .filter(|source| !source.is_test())
}

fn lines(source: &Source) -> usize {
    source.text.lines().count()
}

pub(super) fn check_readmes(packages: &[Package]) -> Vec<Violation> {
    packages.iter().flat_map(|package| [no_readme(package), not_included(package)]).flatten().collect()
}

fn no_readme(package: &Package) -> Option<Violation> {
    let empty = package.readme.as_deref().is_none_or(|text| text.trim().is_empty());
    empty.then(|| format!("{}/README.md:1: missing", package.path))
}

fn not_included(package: &Package) -> Option<Violation> {
    let included =
        package.source("src/lib.rs").is_some_and(|lib| lib.text.contains("#![doc = include_str!(\"../README.md\")]"));
    (!included).then(|| format!("{}/src/lib.rs:1: the README is not its documentation", package.path))
}

#[test]
fn a_file_past_the_limit_is_found() {
    let (limit, past) = ("\n".repeat(LONGEST), "\n".repeat(LONGEST + 1));
    let files = [("src/a.rs", limit.as_str()), ("src/b.rs", &past), ("src/b/tests.rs", &past), ("tests/c.rs", &past)];
    let packages = [
        Package::planted("web", "[dependencies]\nbroker.workspace = true", &files),
        Package::planted("broker", "", &[]),
    ];
    assert_eq!(check_lengths(&packages), ["crates/web/src/b.rs:301: 301 lines, at most 300"]);
    let table = table(&packages);
    assert!(table.contains("largest  301 crates/web/src/b.rs") && table.contains("web        -> broker"), "{table}");
}

#[test]
fn a_missing_readme_is_found() {
    let included = ("src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n");
    let mut package = Package::planted("web", "", &[included]);
    assert_eq!(check_readmes(&[package]), ["crates/web/README.md:1: missing"]);
    package = Package::planted("web", "", &[("src/lib.rs", "")]);
    package.readme = Some("# web".to_owned());
    assert_eq!(check_readmes(&[package]), ["crates/web/src/lib.rs:1: the README is not its documentation"]);
}
