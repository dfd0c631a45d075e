//! Law 1: one function inserts events, `store::Tx::record`. What writes a row of their table lies in its file.

use super::Violation;
use super::source::Source;
use super::text::is_word;

const STORE: &str = "crates/store/src/";

pub(super) fn check(sources: &[Source]) -> Vec<Violation> {
    let mut records = sources.iter().flat_map(|source| records(source).into_iter().map(move |line| (source, line)));
    let Some((home, _)) = records.next() else {
        return vec![format!("{STORE}:1: no `fn record`")];
    };
    let seconds = records.map(|(source, line)| source.violation(line, "a second `fn record`"));
    let elsewhere = sources.iter().filter(|source| source.path != home.path);
    let strangers = elsewhere.flat_map(|source| {
        inserts(source).into_iter().map(|line| source.violation(line, "inserts events, as only `fn record` may"))
    });
    let idle = inserts(home).is_empty().then(|| home.violation(1, "`fn record` inserts no events"));
    seconds.chain(strangers).chain(idle).collect()
}

/// The lines that insert into the table of events: in SQL, or by its entity or rows.
fn inserts(source: &Source) -> Vec<usize> {
    let code = source.code_and_strings().to_ascii_lowercase();
    let after = |verb: &str, at: usize| next_word(&code[at + verb.len()..]) == "events";
    let sql = code.match_indices("insert into").filter(|(at, verb)| after(verb, *at));
    let rows = ["::entity::insert", "::activemodel"].into_iter().flat_map(|name| code.match_indices(name));
    let rows = rows.filter(|(at, _)| ["event", "events"].contains(&last_word(&code[..*at])));
    sql.chain(rows).map(|(at, _)| code[..at].matches('\n').count() + 1).collect()
}

/// The next word, over line ends and quotes.
fn next_word(text: &str) -> &str {
    text.trim_start_matches(|c| !is_word(c)).split(|c| !is_word(c)).next().unwrap_or_default()
}

fn last_word(text: &str) -> &str {
    text.rsplit(|c| !is_word(c)).next().unwrap_or_default()
}

fn records(source: &Source) -> Vec<usize> {
    if !source.path.starts_with(STORE) {
        return Vec::new();
    }
    let code = source.code();
    let lines = code.lines().enumerate();
    lines.filter(|(_, line)| line.contains("fn record(") || line.contains("fn record<")).map(|(n, _)| n + 1).collect()
}

#[test]
fn a_second_way_in_is_found() {
    let cases = [
        ("crates/store/src/user.rs", "x(\"insert into \\\"events\\\" …\")", "inserts events, as only `fn record` may"),
        ("crates/broker/src/a.rs", "x(\"INSERT INTO\\\n events …\")", "inserts events, as only `fn record` may"),
        ("crates/broker/src/a.rs", "events::Entity::insert(row)", "inserts events, as only `fn record` may"),
        ("crates/delivery/src/a.rs", "event::Entity::insert_many(r)", "inserts events, as only `fn record` may"),
        ("crates/store/src/tx.rs", "table::event::ActiveModel { id }", "inserts events, as only `fn record` may"),
        ("crates/store/src/tx.rs", "async fn record<T>(t: T) {}", "a second `fn record`"),
    ];
    let home = || Source::planted("crates/store/src/record.rs", "fn record(&self) { table::event::ActiveModel {} }");
    assert_eq!(check(&[home()]), [""; 0]);
    for (path, text, violation) in cases {
        assert_eq!(check(&[home(), Source::planted(path, text)]), [format!("{path}:1: {violation}")], "{text}");
    }
    let other = "x(\"INSERT INTO event_bodies …\"); event_body::ActiveModel {} // INSERT INTO events";
    assert_eq!(check(&[home(), Source::planted("crates/store/src/a.rs", other)]), [""; 0]);
}

#[test]
fn the_one_way_in_must_be_there() {
    let idle = Source::planted("crates/store/src/record.rs", "fn record(&self) {}");
    assert_eq!(check(&[idle]), ["crates/store/src/record.rs:1: `fn record` inserts no events"]);
    assert_eq!(check(&[]), ["crates/store/src/:1: no `fn record`"]);
}
