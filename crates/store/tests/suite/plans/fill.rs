//! Many rows of everything, written past the store: some around a tenant, most of others.

use sea_orm::sqlx::{self, AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tests::{Database, Kind};

use crate::house::Outcome;
use crate::tenant::Tenant;

/// A row of numbers: `INSERT … SELECT … FROM n`.
const NUMBERS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})";
/// Ends a prefix to an id of its own: a ULID's 26 characters. The first is that of an early time, as a new row's is not.
const ULID: &str = "|| '01000000000000000' || substr(CAST(1000000000 + i AS TEXT), 2)";

const TABLES: &[(u32, &str)] = &[
    (2_000, "environments (id, name, created_at, updated_at) SELECT 'environment_'{ulid}, 'x', 0, 0"),
    (2_000, "positions (environment_id, last) SELECT 'environment_'{ulid}, 1"),
    (2_000, "cursors (reader, environment_id, position) SELECT 'relay', 'environment_'{ulid}, 1"),
    (
        2_000,
        "api_keys (id, environment_id, name, hash, suffix, created_at) \
              SELECT 'api_key_'{ulid}, 'environment_'{ulid}, 'x', {bytes}, 'abcd', 0",
    ),
    (
        10_000,
        "organizations (id, environment_id, name, name_key, external_id, metadata, deleting, created_at, updated_at, version) \
              SELECT 'org_'{ulid}, '{environment}', 'Acme', 'acme', 'external ' || i, '{}', false, 0, 0, 1",
    ),
    (
        10_000,
        "organization_domains (id, environment_id, organization_id, domain, state, created_at, updated_at) \
              SELECT 'org_domain_'{ulid}, '{environment}', 'org_'{ulid}, i || '.example', 'verified', 0, 0",
    ),
    (10_000, "streams (id, environment_id, sequence, event_sequence) SELECT 'org_'{ulid}, '{environment}', 1, 1"),
    (10_000, "fanout (stream_id, environment_id, sequence) SELECT 'org_'{ulid}, '{environment}', 1"),
    (
        10_000,
        "directories (id, environment_id, organization_id, external_key, kind, state, name, name_key, settings, tokens_version, \
              documents_users, documents_groups, views_users_active, views_users_inactive, views_groups, parked, created_at, \
              updated_at, version) SELECT 'directory_'{ulid}, '{environment}', 'org_'{ulid}, 'key ' || i, \
              'generic scim v2.0', 'linked', 'People', 'people', '{}', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1",
    ),
    (
        10_000,
        "directory_tokens (id, environment_id, directory_id, name, hash, suffix, created_at) \
              SELECT 'directory_token_'{ulid}, '{environment}', 'directory_'{ulid}, 'x', {bytes}, 'abcd', 0",
    ),
    (
        20_000,
        "users (id, environment_id, directory_id, version, created_at, updated_at, document, user_name_key, \
              display_name_key, external_id, active, view, idp_id, email_key, mail_key, state) \
              SELECT 'directory_user_'{ulid}, '{environment}', '{directory}', 1, 0, i, '{}', 'user ' || i, 'name ' || i, \
              'external ' || i, true, '{}', 'idp ' || i, i || '@example.com', i || '@example.com', 'active'",
    ),
    (
        20_000,
        "mails (user_id, mail_key, directory_id, environment_id) \
              SELECT 'directory_user_'{ulid}, i || '@example.net', '{directory}', '{environment}'",
    ),
    (
        10_000,
        "groups (id, environment_id, directory_id, version, created_at, updated_at, document, display_name_key, \
              external_id, view) SELECT 'directory_group_'{ulid}, '{environment}', '{directory}', 1, 0, 0, '{}', \
              'group ' || i, 'external ' || i, '{}'",
    ),
    (
        20_000,
        "memberships (group_id, user_id, environment_id, directory_id, present, told) \
              SELECT 'directory_group_'{ulid}, 'directory_user_'{ulid}, '{environment}', '{directory}', true, true",
    ),
    (
        20_000,
        "parked (id, environment_id, directory_id, referrer_id, value, created_at) \
              SELECT 'parked_'{ulid}, '{environment}', '{directory}', 'directory_group_'{ulid}, 'waits ' || i, 0",
    ),
    (
        20_000,
        "commits (environment_id, first_position, count, id) \
              SELECT '{environment}', i + 1000, 1, 'commit_'{ulid}",
    ),
    (
        20_000,
        "events (commit_id, ordinal, id, environment_id, stream_id, sequence, previous, version, kind, directory_id, \
              user_id, revokes, created_at) SELECT 'commit_'{ulid}, 0, 'event_'{ulid}, '{environment}', '{stream}', \
              i + 1000, i + 999, 1, 'dsync.user.created', '{directory}', 'directory_user_'{ulid}, false, 0",
    ),
    (20_000, "event_bodies (event_id, environment_id, body) SELECT 'event_'{ulid}, '{environment}', '{}'"),
    (300, "leases (name, holder, epoch, expires_at) SELECT 'shard:' || i, 'x', 1, 0"),
    (
        5_000,
        "endpoints (id, environment_id, url, secret, status, from_position, shard, created_at, updated_at) \
              SELECT 'we_'{ulid}, 'environment_'{ulid}, 'https://' || i, {bytes}, 'enabled', 0, i % 256, 0, 0",
    ),
    (
        5_000,
        "endpoint_events (endpoint_id, kind, environment_id) \
              SELECT 'we_'{ulid}, 'dsync.user.created', 'environment_'{ulid}",
    ),
    (
        20_000,
        "deliveries (id, environment_id, endpoint_id, event_id, cause, stream_id, directory_id, user_id, reach, \
              position, state, attempts, due_at, epoch, created_at, updated_at) \
              SELECT 'delivery_'{ulid}, '{environment}', '{endpoint}', 'event_'{ulid}, 'live', '{stream}', \
              '{directory}', 'directory_user_'{ulid}, 'nothing', i + 1000, \
              CASE WHEN i % 10 = 0 THEN 'pending' ELSE 'delivered' END, 1, 0, 0, 0, 0",
    ),
    (
        20_000,
        "attempts (id, environment_id, delivery_id, number, started_at, duration_ms, status) \
              SELECT 'attempt_'{ulid}, '{environment}', 'delivery_'{ulid}, 1, 0, 1, 200",
    ),
];

pub(super) async fn fill(database: &Database, tenant: &Tenant) -> Outcome {
    for (many, insert) in TABLES {
        execute(database, statement(database.kind(), *many, insert, tenant)).await?;
    }
    Ok(())
}

fn statement(kind: Kind, many: u32, insert: &str, tenant: &Tenant) -> String {
    let bytes = match kind {
        Kind::Sqlite => "CAST(CAST(i AS TEXT) AS BLOB)",
        Kind::Postgres => "convert_to(CAST(i AS TEXT), 'UTF8')",
    };
    let numbers = NUMBERS.replace("{many}", &many.to_string());
    format!("{numbers} INSERT INTO {insert} FROM n")
        .replace("{ulid}", ULID)
        .replace("{bytes}", bytes)
        .replace("{environment}", &tenant.environment.to_string())
        .replace("{directory}", &tenant.directory.id.to_string())
        .replace("{stream}", &tenant.organization.id.to_string())
        .replace("{endpoint}", &tenant.endpoint.id.to_string())
}

/// `sql` is made of constants and ids.
pub(super) async fn execute(database: &Database, sql: String) -> Outcome {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    match database.kind() {
        Kind::Sqlite => _ = sql.execute(&mut SqliteConnection::connect(database.url()).await?).await?,
        Kind::Postgres => _ = sql.execute(&mut PgConnection::connect(database.url()).await?).await?,
    }
    Ok(())
}
