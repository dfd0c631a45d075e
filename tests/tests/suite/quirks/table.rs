//! `tests/idp/quirks.tsv`: the rules N1 to N30 and the quirks of the catalogue, each with the tests that prove it.
//!
//! A line is an id, its places and a note, with tabs between. A place is a file of this repository and, behind `#`, a function of it, a
//! text in quotes as it stands there, or in a recording the id itself, which a step carries that expects something. A place of `later`
//! is a quirk that is not served yet, `inferred` one that nobody has seen and nothing tests: the note says why.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

const TABLE: &str = "tests/idp/quirks.tsv";
const RECORDINGS: &str = "tests/idp/recordings/";
const PLAYER: &str = "tests/tests/suite/recordings.rs";
const RULES: usize = 30;
const QUIRKS: usize = 120;

struct Row<'a> {
    id: &'a str,
    places: &'a str,
    note: &'a str,
}

#[test]
fn every_quirk_has_a_test() -> Result<()> {
    let table = read(TABLE)?;
    let rows = rows(&table)?;
    for Row { id, places, note } in &rows {
        println!("{id:<42} {}{}", places.replace(',', "\n                                           "), shown(note));
    }
    check_ids(&rows)?;
    let broken: Vec<_> = rows.iter().filter_map(|row| Some(format!("{}: {:#}", row.id, prove(row).err()?))).collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
    Ok(())
}

fn read(path: &str) -> Result<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(file).with_context(|| path.to_owned())
}

/// All but the heading.
fn rows(table: &str) -> Result<Vec<Row<'_>>> {
    table.lines().skip(1).map(row).collect()
}

fn row(line: &str) -> Result<Row<'_>> {
    let columns: Vec<_> = line.split('\t').collect();
    let [id, places, note] = columns[..] else { bail!("not three columns: {line}") };
    Ok(Row { id, places, note })
}

fn shown(note: &str) -> String {
    if note.is_empty() { String::new() } else { format!("  ({note})") }
}

/// Each once, all rules, and as many quirks as there are.
fn check_ids(rows: &[Row<'_>]) -> Result<()> {
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    ensure!(ids.len() == rows.len(), "an id stands twice");
    for rule in 1..=RULES {
        ensure!(ids.contains(format!("N{rule}").as_str()), "N{rule} is missing");
    }
    ensure!(ids.len() == RULES + QUIRKS, "{} quirks, not {QUIRKS}", ids.len().saturating_sub(RULES));
    Ok(())
}

fn prove(row: &Row<'_>) -> Result<()> {
    if ["later", "inferred"].contains(&row.places) {
        ensure!(!row.note.is_empty(), "{} without a reason", row.places);
        return Ok(());
    }
    row.places.split(',').try_for_each(|place| find(row.id, place).with_context(|| place.to_owned()))
}

/// An error when there is no such place, or it is not of this id.
fn find(id: &str, place: &str) -> Result<()> {
    let (file, what) = place.split_once('#').context("a place is a file and what stands in it, with # between")?;
    let text = read(file)?;
    if let Some(name) = file.strip_prefix(RECORDINGS) {
        let name = name.trim_end_matches(".json");
        ensure!(read(PLAYER)?.contains(&format!("\"{name}\"")), "nobody plays the recording");
        ensure!(what == id || id.starts_with('N'), "it is of another quirk");
        let steps: Vec<Value> = serde_json::from_str(&text)?;
        ensure!(steps.iter().any(|step| carries(step, what)), "no step with this quirk expects anything");
    } else if what.starts_with('"') {
        ensure!(what.len() > 2 && what.ends_with('"') && text.contains(what), "the text is not there");
    } else {
        ensure!(text.contains(&format!("fn {what}(")), "the function is not there");
    }
    Ok(())
}

/// Whether a step is of this quirk, and expects an answer, a state or events.
fn carries(step: &Value, quirk: &str) -> bool {
    let some = |value: &Value| value.as_object().is_some_and(|members| !members.is_empty());
    let of_quirk = step["quirks"].as_array().is_some_and(|quirks| quirks.iter().any(|name| name == quirk));
    of_quirk && (some(&step["expect"]) || some(&step["then_canonical"]))
}

#[test]
fn what_proves_nothing_is_found() {
    const THIS: &str = "tests/tests/suite/quirks/table.rs";
    let recorded = format!("{RECORDINGS}okta-import.json#okta-stable-paging");
    let check = |id: &str, place: String, fault: Option<&str>| {
        let found = find(id, &place).err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), fault, "{id} {place}");
    };
    check("x", format!("{THIS}#find"), None);
    check("x", format!("{THIS}#nobody"), Some("the function is not there"));
    check("x", format!("{THIS}#\"an id stands twice\""), None);
    check("x", format!("{THIS}#\"an id stands thrice\""), Some("the text is not there"));
    check("x", THIS.to_owned(), Some("a place is a file and what stands in it, with # between"));
    check("x", "tests/nowhere.rs#find".to_owned(), Some("tests/nowhere.rs"));
    check("okta-stable-paging", recorded.clone(), None);
    check("N29", recorded.clone(), None);
    check("okta-op-missing", recorded, Some("it is of another quirk"));
    let absent = format!("{RECORDINGS}okta-import.json#okta-op-missing");
    check("okta-op-missing", absent, Some("no step with this quirk expects anything"));
}

#[test]
fn a_table_that_lacks_something_is_found() -> Result<()> {
    let whole = |quirks: usize| {
        let rules = (1..=RULES).map(|n| format!("N{n}\tlater\tx\n"));
        let quirks = (0..quirks).map(|n| format!("any-{n}\tlater\tx\n"));
        format!("id\ttest\tnote\n{}", rules.chain(quirks).collect::<String>())
    };
    let check = |table: &str, fault: Option<&str>| {
        let found = rows(table).and_then(|rows| check_ids(&rows)).err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), fault);
    };
    check(&whole(QUIRKS), None);
    check(&whole(QUIRKS - 1), Some("119 quirks, not 120"));
    check(&whole(QUIRKS).replace("N17\t", "N16\t"), Some("an id stands twice"));
    check(&whole(QUIRKS).replace("N17\t", "n17\t"), Some("N17 is missing"));
    check("id\ttest\tnote\nN1\tlater", Some("not three columns: N1\tlater"));
    let reasonless = Row { id: "x", places: "later", note: "" };
    ensure!(prove(&reasonless).is_err());
    Ok(())
}
