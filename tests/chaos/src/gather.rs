//! What is seen of a run afterwards: the database, the topic, the receivers and the REST API, each asked by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message as _};
use rdkafka::metadata::MetadataPartition;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use reqwest::Client;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, FromQueryResult, Statement, TryGetable};
use serde_json::Value;
use simulator::receiver::VerifyError;
use tests::{Topic, until};
use tokio::task::spawn_blocking;

use crate::checker::person;
use crate::record::{Arrival, Endpoint, Logged, Message, Record, Times};
use crate::subscription::{SUBSCRIBED, Subscription};

/// How long a broker may take for an answer.
const LIMIT: Duration = Duration::from_secs(20);

/// Everything is fanned out and nothing waits; the relay has published all.
const IS_STILL: &str = "SELECT (SELECT count(*) FROM deliveries WHERE state = 'pending') + \
    (SELECT count(*) FROM streams s LEFT JOIN fanout f ON f.stream_id = s.id \
     WHERE s.event_sequence > COALESCE(f.sequence, 0)) AS undelivered, \
    (SELECT count(*) FROM positions p LEFT JOIN cursors c ON c.reader = 'relay' AND c.environment_id = p.environment_id \
     WHERE p.last > COALESCE(c.position, 0)) AS unpublished";
const LOG: &str = "SELECT e.id, c.first_position + e.ordinal AS position, e.environment_id, e.stream_id, e.sequence, e.previous, e.version, e.kind, e.directory_id, \
    e.user_id, e.group_id, b.body FROM commits c JOIN events e ON e.commit_id = c.id JOIN event_bodies b ON b.event_id = e.id \
    ORDER BY c.environment_id, c.first_position + e.ordinal";
/// Columns with a time, and tables with ids, which begin with one.
const DATED: [(&str, &str); 8] = [
    ("events", "created_at"),
    ("users", "created_at"),
    ("users", "updated_at"),
    ("groups", "created_at"),
    ("groups", "updated_at"),
    ("deliveries", "created_at"),
    ("deliveries", "updated_at"),
    ("attempts", "started_at"),
];
const NAMED: [&str; 6] = ["events", "commits", "users", "groups", "deliveries", "attempts"];
/// PostgreSQL's time, in Unix milliseconds.
pub const NOW: &str = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) AS now";
const SUPERSEDED: &str = "SELECT endpoint_id, event_id FROM deliveries WHERE state = 'superseded'";

/// Where to look.
pub struct Seen<'a> {
    pub client: &'a Client,
    /// Base URL of the REST API.
    pub api: String,
    pub tenants: Vec<Seat<'a>>,
    pub topic: Option<&'a Topic>,
}

/// An environment from outside.
pub struct Seat<'a> {
    pub environment: &'a str,
    pub key: &'a str,
    pub directories: Vec<&'a str>,
    pub subscription: &'a Subscription,
}

/// What is left to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Left {
    pub undelivered: i64,
    pub unpublished: i64,
}

pub struct Witness(DatabaseConnection);

impl Witness {
    /// Of this database.
    pub async fn of(url: &str) -> Result<Self> {
        Ok(Self(Database::connect(url).await?))
    }

    pub async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }

    pub async fn left(&self) -> Result<Left> {
        self.rows(IS_STILL).await?.into_iter().next().context("a row")
    }

    /// Waits until what is left is little enough.
    pub async fn rest(&self, limit: Duration, is_enough: impl Fn(Left) -> bool) -> Result<()> {
        let left = async || self.left().await.ok().filter(|left| is_enough(*left));
        until("everything to come to rest", limit, left).await.map(drop)
    }

    /// Does to the database what no interface does.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        self.0.execute_unprepared(sql).await?;
        Ok(())
    }

    async fn now_ms(&self) -> Result<i64> {
        #[derive(FromQueryResult)]
        struct Row {
            now: i64,
        }
        Ok(self.rows::<Row>(NOW).await?.first().context("a row")?.now)
    }

    /// What has come about since it was `begun_ms`.
    pub async fn times(&self, begun_ms: i64) -> Result<Times> {
        let mut born = Vec::new();
        for (table, column) in DATED {
            let span = self.span::<i64>(table, column).await?;
            born.extend(span.map(|(first, last)| (format!("{table}.{column}"), first, last)));
        }
        for table in NAMED {
            let span = self.span::<String>(table, "id").await?;
            let span = span.and_then(|(first, last)| id_ms(&first).zip(id_ms(&last)));
            born.extend(span.map(|(first, last)| (format!("{table}.id"), first, last)));
        }
        Ok(Times { lived: (begun_ms, self.now_ms().await?), born })
    }

    /// The least and the greatest value of a column.
    async fn span<T: TryGetable>(&self, table: &str, column: &str) -> Result<Option<(T, T)>> {
        let sql = format!("SELECT min({column}) AS first, max({column}) AS last FROM {table}");
        let row = self.0.query_one_raw(Statement::from_string(self.0.get_database_backend(), sql)).await?;
        let row = row.context("a row")?;
        Ok(row.try_get::<Option<T>>("", "first")?.zip(row.try_get("", "last")?))
    }

    async fn rows<R: FromQueryResult>(&self, sql: &str) -> Result<Vec<R>> {
        let rows = self.0.query_all_raw(Statement::from_string(self.0.get_database_backend(), sql)).await?;
        Ok(rows.iter().map(|row| R::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    /// All but what the clients remember, and how long it took.
    pub async fn record(&self, seen: &Seen<'_>) -> Result<Record> {
        let mut record = Record { log: self.log().await?, ..Record::default() };
        let mut superseded = self.superseded().await?;
        for seat in &seen.tenants {
            record.endpoints.push(endpoint(seat, superseded.remove(&seat.subscription.endpoint).unwrap_or_default()));
            for directory in &seat.directories {
                let place = |of: &Value| {
                    [seat.environment, directory, of["id"].as_str().unwrap_or_default()].map(str::to_owned)
                };
                let people = list(seen, seat, "directory_users", directory).await?;
                record.people.extend(people.iter().map(|user| (place(user), person(user))));
                let groups = list(seen, seat, "directory_groups", directory).await?;
                let name = |group: &Value| group["name"].as_str().unwrap_or_default().to_owned();
                record.groups.extend(groups.iter().map(|group| (place(group), name(group))));
            }
        }
        if let Some(Topic { brokers, name }) = seen.topic.cloned() {
            record.topic = Some(spawn_blocking(move || topic(&brokers, &name)).await??);
        }
        Ok(record)
    }

    async fn log(&self) -> Result<BTreeMap<String, Vec<Logged>>> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
            position: i64,
            environment_id: String,
            stream_id: String,
            sequence: i64,
            previous: i64,
            version: i64,
            kind: String,
            directory_id: Option<String>,
            user_id: Option<String>,
            group_id: Option<String>,
            body: String,
        }
        let mut log = BTreeMap::<_, Vec<_>>::new();
        for row in self.rows::<Row>(LOG).await? {
            log.entry(row.environment_id).or_default().push(Logged {
                id: row.id,
                position: row.position.unsigned_abs(),
                stream: row.stream_id,
                sequence: row.sequence.unsigned_abs(),
                previous: row.previous.unsigned_abs(),
                version: row.version.unsigned_abs(),
                kind: row.kind,
                directory: row.directory_id,
                user: row.user_id,
                group: row.group_id,
                body: row.body,
            });
        }
        Ok(log)
    }

    async fn superseded(&self) -> Result<BTreeMap<String, BTreeSet<String>>> {
        #[derive(FromQueryResult)]
        struct Row {
            endpoint_id: String,
            event_id: String,
        }
        let mut superseded = BTreeMap::<_, BTreeSet<_>>::new();
        for row in self.rows::<Row>(SUPERSEDED).await? {
            superseded.entry(row.endpoint_id).or_default().insert(row.event_id);
        }
        Ok(superseded)
    }
}

fn endpoint(seat: &Seat<'_>, superseded: BTreeSet<String>) -> Endpoint {
    let arrivals = seat.subscription.inbox.all().into_iter().map(|received| Arrival {
        event: received.event_id.unwrap_or_default(),
        verified: matches!(received.verified, Ok(()) | Err(VerifyError::Stale(_))),
        stale: matches!(received.verified, Err(VerifyError::Stale(_))),
        body: received.body,
    });
    Endpoint {
        name: seat.subscription.endpoint.clone(),
        environment: seat.environment.to_owned(),
        subscribed: SUBSCRIBED.into_iter().map(str::to_owned).collect(),
        arrivals: arrivals.collect(),
        superseded,
    }
}

/// All pages.
async fn list(seen: &Seen<'_>, seat: &Seat<'_>, what: &str, directory: &str) -> Result<Vec<Value>> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let url = format!("{}/{what}?limit=100&directory={directory}{after}", seen.api);
        let answer = seen.client.get(url).bearer_auth(seat.key).send().await?;
        ensure!(answer.status() == 200, "{}", answer.text().await?);
        let mut page: Value = answer.json().await?;
        all.append(page["data"].as_array_mut().context("data")?);
        let Some(cursor) = page["list_metadata"]["after"].as_str() else { return Ok(all) };
        after = format!("&after={cursor}");
    }
}

/// The time that a ULID begins with: ten digits of Crockford's base 32 behind the id's prefix.
fn id_ms(id: &str) -> Option<i64> {
    const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digits = id.rsplit('_').next()?.get(..10)?;
    digits.chars().try_fold(0, |ms, digit| Some(ms * 32 + i64::try_from(DIGITS.find(digit)?).ok()?))
}

/// From the beginning of each partition to its end. Blocks.
fn topic(brokers: &str, name: &str) -> Result<Vec<Vec<Message>>> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", brokers)
        .set("group.id", format!("{name}.checker"))
        .set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create()?;
    let metadata = consumer.fetch_metadata(Some(name), LIMIT)?;
    let partitions = metadata.topics().first().context("the topic")?.partitions().iter().map(MetadataPartition::id);
    partitions.map(|partition| read(&consumer, name, partition)).collect()
}

fn read(consumer: &BaseConsumer, name: &str, partition: i32) -> Result<Vec<Message>> {
    let (first, end) = consumer.fetch_watermarks(name, partition, LIMIT)?;
    let mut from = TopicPartitionList::new();
    from.add_partition_offset(name, partition, Offset::Offset(first))?;
    consumer.assign(&from)?;
    let (mut messages, mut next) = (Vec::new(), first);
    while next < end {
        let message = consumer.poll(LIMIT).context("no message where there should be one")??;
        next = message.offset() + 1;
        let header = |name: &str| {
            let value = message.headers()?.iter().find(|header| header.key == name)?.value?;
            Some(String::from_utf8_lossy(value).into_owned())
        };
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        messages.push(Message {
            key: text(message.key()),
            event: header("ce_id").unwrap_or_default(),
            sequence: header("ce_sequence").unwrap_or_default().parse()?,
            previous: header("ce_previous").unwrap_or_default().parse()?,
            body: text(message.payload()),
        });
    }
    Ok(messages)
}
