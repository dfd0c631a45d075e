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
const BATCH: i32 = 16;

/// Users a second.
pub(crate) async fn run(kind: Kind, sample: &Sample, clients: usize, seconds: u64) -> Result<f64> {
    let database = Database::empty(kind)?;
    Node::on(&database).await?.run(&["migrate"]).await?;
    match kind {
        Kind::Postgres => pgbench(database.url(), sample, clients, seconds),
        Kind::Sqlite => bare_loop(database.url(), sample, seconds).await,
    }
}

/// One user's rows, `N` standing for a number that no other user has.
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
        external_id,
        idp_id,
        email_key,
        mail_key,
        body,
    } = sample;
    let numbered = |text: &str| format!("{} || N", quote(&text[..text.len().saturating_sub(18)]));
    let id = |prefix: &str| format!("'{prefix}_01' || substr('000000000000000000000000' || N, -24, 24)");
    let id =
        |prefix: &str| if boolean == "true" { format!("'{prefix}_01' || lpad(N::text, 24, '0')") } else { id(prefix) };
    let (environment, directory, stream) = (quote(environment_id), quote(directory_id), quote(stream_id));
    [
        format!(
            "INSERT INTO users VALUES ({}, {environment}, {directory}, N, 1768478400000, 1768478400000, {}, {}, {}, {boolean}, \
             {}, {}, {}, 'active', {})",
            id("directory_user"),
            quote(document),
            numbered(user_name_key),
            numbered(external_id),
            quote(view),
            numbered(idp_id),
            numbered(email_key),
            numbered(mail_key)
        ),
        format!(
            "INSERT INTO events VALUES ({}, 0, {}, {environment}, {stream}, N, N, N, 'dsync.user.created', {directory}, {}, NULL, \
             NOT {boolean}, 1768478400000)",
            id("commit"),
            id("event"),
            id("directory_user")
        ),
        format!("INSERT INTO event_bodies VALUES ({}, {environment}, {})", id("event"), quote(body)),
    ]
}

fn pgbench(url: &str, sample: &Sample, clients: usize, seconds: u64) -> Result<f64> {
    let inserts = inserts(sample, "true").map(|insert| numbered(&insert, ":n::bigint") + ";\n").concat();
    let script = format!("\\set n random(1, 900000000000000000)\nBEGIN;\n{inserts}COMMIT;\n");
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), script)?;
    let program =
        setting::setting("ROLLCALL_TEST_POSTGRES_BIN").map_or_else(PathBuf::new, PathBuf::from).join("pgbench");
    let (clients, seconds) = (clients.to_string(), seconds.to_string());
    let run = Command::new(program)
        .args(["-n", "-M", "prepared", "-j", "2", "-c", &clients, "-T", &seconds, "-f"])
        .arg(file.path())
        .arg(url)
        .output()
        .context("pgbench")?;
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    ensure!(run.status.success(), "{printed}{}", String::from_utf8_lossy(&run.stderr));
    let line = printed.lines().find(|line| line.starts_with("tps = ")).context("pgbench printed no tps")?;
    Ok(line.split_whitespace().nth(2).context("tps")?.parse()?)
}

async fn bare_loop(url: &str, sample: &Sample, seconds: u64) -> Result<f64> {
    let options: SqliteConnectOptions = url.parse()?;
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    let statements = inserts(sample, "1").map(|insert| numbered(&insert, "CAST($1 AS TEXT)"));
    let (started, mut number) = (Instant::now(), 0_i32);
    while started.elapsed() < Duration::from_secs(seconds) {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        for _ in 0..BATCH {
            number += 1;
            for statement in &statements {
                let query = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).bind(i64::from(number));
                query.execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
    }
    let rate = f64::from(number) / started.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(rate)
}

/// Puts the user's number where the rows want it.
fn numbered(insert: &str, number: &str) -> String {
    insert
        .replace("|| N", &format!("|| {number}"))
        .replace("lpad(N", &format!("lpad({number}"))
        .replace(" N,", &format!(" {number},"))
}
