//! What the laws judge: the packages of the workspace and their Rust files, with paths from the root.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml::Table;

use super::text;

#[derive(Clone)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

pub(super) struct Package {
    pub(super) name: String,
    pub(super) path: String,
    /// The text of `Cargo.toml`, for line numbers, and what it says.
    pub(super) text: String,
    pub(super) manifest: Table,
    pub(super) readme: Option<String>,
    pub(super) sources: Vec<Source>,
}

impl Source {
    /// Every Rust file of the workspace.
    pub(super) fn all() -> Result<Vec<Self>> {
        Ok(Package::all()?.into_iter().flat_map(|package| package.sources).collect())
    }

    pub(super) fn planted(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether nothing of this file is shipped.
    pub(super) fn is_test(&self) -> bool {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        self.path.split('/').any(|part| part == "tests") || file == "tests.rs" || file.ends_with("_tests.rs")
    }

    /// The code that is shipped: no comments, strings or test modules.
    pub(super) fn code(&self) -> String {
        if self.is_test() { String::new() } else { text::code(&text::without_test_modules(&self.text)) }
    }

    /// The same with its strings.
    pub(super) fn code_and_strings(&self) -> String {
        if self.is_test() { String::new() } else { text::code_and_strings(&text::without_test_modules(&self.text)) }
    }

    pub(super) fn violation(&self, line: usize, what: &str) -> super::Violation {
        format!("{}:{line}: {what}", self.path)
    }
}

impl Package {
    pub(super) fn all() -> Result<Vec<Self>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut folders = Vec::from(["migrations", "tests", "tests/chaos", "tests/fuzz"].map(str::to_owned));
        for entry in fs::read_dir(root.join("crates"))? {
            let entry = entry?;
            if entry.path().is_dir() {
                folders.push(format!("crates/{}", entry.file_name().to_string_lossy()));
            }
        }
        folders.sort();
        folders.iter().map(|folder| Self::read(&root, folder)).collect()
    }

    fn read(root: &Path, path: &str) -> Result<Self> {
        let file = root.join(path).join("Cargo.toml");
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let mut package = Self::parsed(path, text)?;
        package.readme = fs::read_to_string(root.join(path).join("README.md")).ok();
        collect(root, path, &mut package.sources)?;
        Ok(package)
    }

    fn parsed(path: &str, text: String) -> Result<Self> {
        let manifest: Table = text.parse().with_context(|| format!("{path}/Cargo.toml"))?;
        let name = manifest["package"]["name"].as_str().context("a package has a name")?.to_owned();
        Ok(Self { name, path: path.to_owned(), text, manifest, readme: None, sources: Vec::new() })
    }

    /// A package as a law's own test plants it: the rest of its manifest, and its files by their path within it.
    pub(super) fn planted(name: &str, manifest: &str, files: &[(&str, &str)]) -> Self {
        let path = format!("crates/{name}");
        let mut package = Self::parsed(&path, format!("[package]\nname = \"{name}\"\n{manifest}")).unwrap();
        package.sources = files.iter().map(|(file, text)| Source::planted(&format!("{path}/{file}"), text)).collect();
        package
    }

    pub(super) fn source(&self, file: &str) -> Option<&Source> {
        let path = format!("{}/{file}", self.path);
        self.sources.iter().find(|source| source.path == path)
    }

    /// Where in `Cargo.toml` a dependency stands.
    pub(super) fn line_of(&self, dependency: &str) -> usize {
        let mut lines = self.text.lines().enumerate().skip_while(|(_, line)| !line.contains("dependencies"));
        lines.find(|(_, line)| line.contains(dependency)).map_or(1, |(n, _)| n + 1)
    }
}

/// The Rust files below `path`, which is taken from the root.
fn collect(root: &Path, path: &str, found: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(root.join(path))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{path}/{name}");
        if entry.path().is_dir() && name != "target" && name != "node_modules" {
            collect(root, &path, found)?;
        } else if entry.path().extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(entry.path()).with_context(|| path.clone())?;
            found.push(Source { path, text });
        }
    }
    Ok(())
}
