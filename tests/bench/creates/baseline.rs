//! The same rows, without Rollcall.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions, Connection};
use tests::process::Node;
use tests::{Database, Kind, setting};

use crate::sample::Sample;

/// Users in a transaction of the bare loop.
const BATCH: u64 = 16;
/// Numbers have as many digits as what they replace at the end of a sampled text: no row is shorter than ours.
const DIGITS: usize = 18;
const FIRST: u64 = 10_u64.pow(17);
/// Users that one client makes at most.
const EACH: u64 = 10_u64.pow(12);

/// Users a second.
pub(crate) async fn run(kind: Kind, sample: &Sample, clients: usize, seconds: u64) -> Result<f64> {
    let database = Database::empty(kind)?;
    Node::on(&database).await?.run(&["migrate"]).await?;
    match kind {
        Kind::Postgres => pgbench(database.url(), sample, clients, seconds),
        Kind::Sqlite => bare_loop(database.url(), sample, clients as u64, seconds).await,
    }
}

/// One user's rows. As with ours, ids rise over all clients (`RISING` stands for the number) and names for each client (`OWN`).
fn inserts(sample: &Sample, boolean: &str) -> [String; 3] {
    // pgbench takes every colon for a variable; the size stays.
    let quote = |text: &str| format!("'{}'", text.replace('\'', "''").replace(':', ";"));
    let Sample {
        environment_id,
        directory_id,
        stream_id,
        document,
        view,
        user_name_key,
        display_name_key,
        external_id,
        idp_id,
        email_key,
        mail_key,
        body,
    } = sample;
    let named = |text: &str| format!("{} || OWN", quote(&text[..text.len().saturating_sub(DIGITS)]));
    let id = |prefix: &str| format!("'{prefix}_01000000' || RISING");
    let (environment, directory, stream) = (quote(environment_id), quote(directory_id), quote(stream_id));
    [
        format!(
            "INSERT INTO users VALUES ({}, {environment}, {directory}, RISING, 1768478400000, 1768478400000, {}, {}, {}, {}, {boolean}, \
             {}, {}, {}, 'active', {}, NULL)",
            id("directory_user"),
            quote(document),
            named(user_name_key),
            // Many share one.
            quote(display_name_key),
            named(external_id),
            quote(view),
            named(idp_id),
            named(email_key),
            named(mail_key)
        ),
        format!(
            "INSERT INTO events VALUES ({}, 0, {}, {environment}, {stream}, RISING, RISING, RISING, 'dsync.user.created', \
             {directory}, {}, NULL, NOT {boolean}, 1768478400000)",
            id("commit"),
            id("event"),
            id("directory_user")
        ),
        format!("INSERT INTO event_bodies VALUES ({}, {environment}, {})", id("event"), quote(body)),
    ]
}

/// Puts the numbers where the rows want them: in a text, or as they are.
fn numbered(insert: &str, text: impl Fn(&str) -> String, number: impl Fn(&str) -> String) -> String {
    ["RISING", "OWN"].iter().fold(insert.to_owned(), |insert, name| {
        insert
            .replace(&format!("|| {name}"), &format!("|| {}", text(name)))
            .replace(&format!(" {name},"), &format!(" {},", number(name)))
    })
}

fn pgbench(url: &str, sample: &Sample, clients: usize, seconds: u64) -> Result<f64> {
    let variable = |name: &str| format!(":{}::bigint", name.to_lowercase());
    let inserts = inserts(sample, "true").map(|insert| numbered(&insert, variable, variable) + ";\n").concat();
    // `n` is kept from one transaction of a client to the next.
    let script = format!(
        "\\set n :n + 1\n\\set rising {FIRST} + :n * 1000 + :client_id\n\\set own {FIRST} + :client_id * {EACH} + :n\n\
         BEGIN;\n{inserts}COMMIT;\n"
    );
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), script)?;
    let program =
        setting::setting("ROLLCALL_TEST_POSTGRES_BIN").map_or_else(PathBuf::new, PathBuf::from).join("pgbench");
    let (clients, seconds) = (clients.to_string(), seconds.to_string());
    let run = Command::new(program)
        .args(["-n", "-M", "prepared", "-D", "n=0", "-j", "2", "-c", &clients, "-T", &seconds, "-f"])
        .arg(file.path())
        .arg(url)
        .output()
        .context("pgbench")?;
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    ensure!(run.status.success(), "{printed}{}", String::from_utf8_lossy(&run.stderr));
    let line = printed.lines().find(|line| line.starts_with("tps = ")).context("pgbench printed no tps")?;
    Ok(line.split_whitespace().nth(2).context("tps")?.parse()?)
}

async fn bare_loop(url: &str, sample: &Sample, clients: u64, seconds: u64) -> Result<f64> {
    let options: SqliteConnectOptions = url.parse()?;
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    let parameter = |name: &str| if name == "RISING" { "$1" } else { "$2" };
    let text = |name: &str| format!("CAST({} AS TEXT)", parameter(name));
    let statements = inserts(sample, "1").map(|insert| numbered(&insert, text, |name| parameter(name).to_owned()));
    let (started, mut number) = (Instant::now(), 0_u64);
    while started.elapsed() < Duration::from_secs(seconds) {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for _ in 0..BATCH {
            number += 1;
            let (rising, own) = (FIRST + number, FIRST + number % clients * EACH + number);
            for statement in &statements {
                let query = sqlx::query(sqlx::AssertSqlSafe(statement.clone()));
                let query = query.bind(i64::try_from(rising)?);
                // A statement without names has one parameter.
                let query = if statement.contains("$2") { query.bind(i64::try_from(own)?) } else { query };
                query.execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
    }
    let rate = f64::from(u32::try_from(number)?) / started.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(rate)
}
