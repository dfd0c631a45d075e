//! The first schema. Times are Unix milliseconds, ids their public text, JSON is text.

use sea_orm_migration::prelude::*;

use crate::schema;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for part in [INSTALLATION, TENANTS, RESOURCES, LOG, DELIVERY] {
            schema::run(manager, part).await?;
        }
        schema::run_each(manager, MAILS_ON_POSTGRES, MAILS_ON_SQLITE).await?;
        schema::compress(manager, LARGE).await
    }
}

/// Documents, views and bodies: up to 256 kB each.
const LARGE: &[(&str, &str)] =
    &[("users", "document"), ("users", "view"), ("groups", "document"), ("groups", "view"), ("event_bodies", "body")];

/// `mails` is an index over `users.mail_keys`, a JSON array, which neither database has for both: each keeps it by itself. Users with
/// one e-mail address, nearly all, cost a look at a null.
const MAILS_ON_POSTGRES: &[&str] = &[
    "CREATE FUNCTION keep_mails() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
        IF TG_OP <> 'INSERT' THEN DELETE FROM mails WHERE user_id = OLD.id; END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO mails (user_id, mail_key, directory_id, environment_id)
            SELECT NEW.id, k.value, NEW.directory_id, NEW.environment_id FROM json_array_elements_text(NEW.mail_keys::json) AS k;
        END IF;
        RETURN NULL;
    END $body$",
    "CREATE TRIGGER users_mails_new AFTER INSERT ON users FOR EACH ROW WHEN (NEW.mail_keys IS NOT NULL)
        EXECUTE FUNCTION keep_mails()",
    "CREATE TRIGGER users_mails_changed AFTER UPDATE ON users FOR EACH ROW WHEN (OLD.mail_keys IS DISTINCT FROM NEW.mail_keys)
        EXECUTE FUNCTION keep_mails()",
    "CREATE TRIGGER users_mails_gone AFTER DELETE ON users FOR EACH ROW WHEN (OLD.mail_keys IS NOT NULL)
        EXECUTE FUNCTION keep_mails()",
];
const MAILS_ON_SQLITE: &[&str] = &[
    "CREATE TRIGGER users_mails_new AFTER INSERT ON users WHEN NEW.mail_keys IS NOT NULL BEGIN
        INSERT INTO mails (user_id, mail_key, directory_id, environment_id)
        SELECT NEW.id, k.value, NEW.directory_id, NEW.environment_id FROM json_each(NEW.mail_keys) AS k;
    END",
    "CREATE TRIGGER users_mails_changed AFTER UPDATE OF mail_keys ON users WHEN OLD.mail_keys IS NOT NEW.mail_keys BEGIN
        DELETE FROM mails WHERE user_id = OLD.id;
        INSERT INTO mails (user_id, mail_key, directory_id, environment_id)
        SELECT NEW.id, k.value, NEW.directory_id, NEW.environment_id FROM json_each(NEW.mail_keys) AS k;
    END",
    "CREATE TRIGGER users_mails_gone AFTER DELETE ON users WHEN OLD.mail_keys IS NOT NULL BEGIN
        DELETE FROM mails WHERE user_id = OLD.id;
    END",
];

/// One row. What it holds sealed tells whether a master key is the installation's.
const INSTALLATION: &str = "
CREATE TABLE installation (id {int} PRIMARY KEY CHECK (id = 1), sealed {bytes} NOT NULL, public_url {text});
";

const TENANTS: &str = "
CREATE TABLE environments (
    id {text} PRIMARY KEY, name {text} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL);

CREATE TABLE api_keys (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, name {text} NOT NULL, hash {bytes} NOT NULL UNIQUE,
    suffix {text} NOT NULL, created_at {int} NOT NULL, last_used_at {int});
CREATE INDEX api_keys_environment ON api_keys (environment_id, id);

CREATE TABLE organizations (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, name {text} NOT NULL, name_key {text} NOT NULL,
    external_id {text}, stripe_customer_id {text}, outsiders {text}, metadata {text} NOT NULL, deleting {bool} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL,
    version {int} NOT NULL);
CREATE INDEX organizations_deleting ON organizations (id) WHERE deleting;
CREATE INDEX organizations_environment ON organizations (environment_id, id);
CREATE UNIQUE INDEX organizations_external_id ON organizations (environment_id, external_id)
    WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX organizations_stripe_customer_id ON organizations (environment_id, stripe_customer_id)
    WHERE stripe_customer_id IS NOT NULL;

CREATE TABLE organization_domains (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, organization_id {text} NOT NULL, domain {text} NOT NULL,
    state {text} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL);
CREATE INDEX organization_domains_organization ON organization_domains (organization_id, id);
CREATE UNIQUE INDEX organization_domains_domain ON organization_domains (environment_id, domain);

CREATE TABLE directories (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, organization_id {text} NOT NULL,
    external_key {text} NOT NULL UNIQUE, kind {text} NOT NULL, state {text} NOT NULL, name {text} NOT NULL,
    name_key {text} NOT NULL, settings {text} NOT NULL,
    tokens_version {int} NOT NULL, documents_users {int} NOT NULL, documents_groups {int} NOT NULL,
    views_users_active {int} NOT NULL, views_users_inactive {int} NOT NULL, views_groups {int} NOT NULL, parked {int} NOT NULL,
    created_at {int} NOT NULL, updated_at {int} NOT NULL, version {int} NOT NULL);
CREATE INDEX directories_environment ON directories (environment_id, id);
CREATE INDEX directories_organization ON directories (organization_id, id);
CREATE INDEX directories_deleting ON directories (id) WHERE state = 'deleting';

CREATE TABLE directory_tokens (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, directory_id {text} NOT NULL, name {text} NOT NULL,
    hash {bytes} NOT NULL UNIQUE, suffix {text} NOT NULL, created_at {int} NOT NULL, last_used_at {int},
    expires_at {int});
CREATE INDEX directory_tokens_directory ON directory_tokens (directory_id, id);

CREATE TABLE answers (
    environment_id {text} NOT NULL, key {text} NOT NULL, fingerprint {bytes} NOT NULL, status {int} NOT NULL,
    body {bytes} NOT NULL, created_at {int} NOT NULL, PRIMARY KEY (environment_id, key));
CREATE INDEX answers_created_at ON answers (created_at);
";

const RESOURCES: &str = "
CREATE TABLE users (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, directory_id {text} NOT NULL,
    version {int} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL,
    document {text}, user_name_key {text}, display_name_key {text}, external_id {text}, active {bool} NOT NULL,
    view {text}, idp_id {text}, email_key {text}, state {text}, mail_key {text}, mail_keys {text});
CREATE UNIQUE INDEX users_user_name ON users (directory_id, user_name_key) WHERE user_name_key IS NOT NULL;
CREATE INDEX users_external_id ON users (directory_id, external_id, id) WHERE external_id IS NOT NULL;
CREATE INDEX users_display_name ON users (directory_id, display_name_key, id) WHERE display_name_key IS NOT NULL;
CREATE INDEX users_updated_at ON users (directory_id, updated_at, id) WHERE document IS NOT NULL;
CREATE INDEX users_mail ON users (directory_id, mail_key) WHERE mail_key IS NOT NULL;
CREATE INDEX users_directory ON users (directory_id, id);
CREATE INDEX users_environment ON users (environment_id, id);
CREATE INDEX users_idp_id ON users (directory_id, idp_id) WHERE idp_id IS NOT NULL;
CREATE INDEX users_email ON users (directory_id, email_key) WHERE email_key IS NOT NULL;

CREATE TABLE mails (
    user_id {text} NOT NULL, mail_key {text} NOT NULL, directory_id {text} NOT NULL, environment_id {text} NOT NULL,
    PRIMARY KEY (user_id, mail_key));
CREATE INDEX mails_mail ON mails (directory_id, mail_key, user_id);

CREATE TABLE groups (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, directory_id {text} NOT NULL,
    version {int} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL,
    document {text}, display_name_key {text}, external_id {text}, view {text});
CREATE UNIQUE INDEX groups_display_name ON groups (directory_id, display_name_key)
    WHERE display_name_key IS NOT NULL;
CREATE INDEX groups_external_id ON groups (directory_id, external_id, id) WHERE external_id IS NOT NULL;
CREATE INDEX groups_updated_at ON groups (directory_id, updated_at, id) WHERE document IS NOT NULL;
CREATE INDEX groups_directory ON groups (directory_id, id);
CREATE INDEX groups_environment ON groups (environment_id, id);

CREATE TABLE memberships (
    group_id {text} NOT NULL, user_id {text} NOT NULL, environment_id {text} NOT NULL, directory_id {text} NOT NULL,
    present {bool} NOT NULL, told {bool} NOT NULL, PRIMARY KEY (group_id, user_id));
CREATE INDEX memberships_user ON memberships (user_id, group_id);
CREATE INDEX memberships_directory ON memberships (directory_id);

CREATE TABLE parked (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, directory_id {text} NOT NULL, referrer_id {text} NOT NULL,
    value {text} NOT NULL, created_at {int} NOT NULL);
CREATE UNIQUE INDEX parked_referrer ON parked (referrer_id, value);
CREATE INDEX parked_value ON parked (directory_id, value, id);
CREATE INDEX parked_directory ON parked (directory_id, id);
";

const LOG: &str = "
CREATE TABLE streams (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, sequence {int} NOT NULL, event_sequence {int} NOT NULL);

CREATE TABLE positions (environment_id {text} PRIMARY KEY, last {int} NOT NULL);

CREATE TABLE commits (
    environment_id {text} NOT NULL, first_position {int} NOT NULL, count {int} NOT NULL, id {text} NOT NULL UNIQUE,
    PRIMARY KEY (environment_id, first_position));
CREATE INDEX commits_time ON commits (environment_id, id);

CREATE TABLE events (
    commit_id {text} NOT NULL, ordinal {int} NOT NULL, id {text} NOT NULL UNIQUE, environment_id {text} NOT NULL,
    stream_id {text} NOT NULL, sequence {int} NOT NULL, previous {int} NOT NULL, version {int} NOT NULL,
    kind {text} NOT NULL, directory_id {text}, user_id {text}, group_id {text}, revokes {bool} NOT NULL,
    created_at {int} NOT NULL, PRIMARY KEY (commit_id, ordinal));
CREATE UNIQUE INDEX events_stream ON events (stream_id, sequence);

CREATE TABLE event_bodies (event_id {text} PRIMARY KEY, environment_id {text} NOT NULL, body {text} NOT NULL);

CREATE TABLE leases (
    name {text} PRIMARY KEY, holder {text} NOT NULL, epoch {int} NOT NULL, expires_at {int} NOT NULL);

CREATE TABLE cursors (
    reader {text} NOT NULL, environment_id {text} NOT NULL, position {int} NOT NULL, PRIMARY KEY (reader, environment_id));

CREATE TABLE bus_marks (bus {text} NOT NULL, part {int} NOT NULL, last {int} NOT NULL, PRIMARY KEY (bus, part));
";

const DELIVERY: &str = "
CREATE TABLE endpoints (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, url {text} NOT NULL, secret {bytes} NOT NULL,
    status {text} NOT NULL, from_position {int} NOT NULL, shard {int} NOT NULL, failing_since {int},
    created_at {int} NOT NULL, updated_at {int} NOT NULL);
CREATE UNIQUE INDEX endpoints_url ON endpoints (environment_id, url) WHERE status <> 'deleting';
CREATE INDEX endpoints_environment ON endpoints (environment_id, id);
CREATE INDEX endpoints_shard ON endpoints (shard, id);
CREATE INDEX endpoints_deleting ON endpoints (id) WHERE status = 'deleting';

CREATE TABLE endpoint_events (
    endpoint_id {text} NOT NULL, kind {text} NOT NULL, environment_id {text} NOT NULL, PRIMARY KEY (endpoint_id, kind));
CREATE INDEX endpoint_events_kind ON endpoint_events (environment_id, kind, endpoint_id);

CREATE TABLE fanout (stream_id {text} PRIMARY KEY, environment_id {text} NOT NULL, sequence {int} NOT NULL);

CREATE TABLE deliveries (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, endpoint_id {text} NOT NULL, event_id {text} NOT NULL,
    cause {text} NOT NULL, stream_id {text} NOT NULL, directory_id {text}, user_id {text}, group_id {text},
    reach {text} NOT NULL, position {int} NOT NULL, state {text} NOT NULL, attempts {int} NOT NULL, tried_at {int},
    due_at {int} NOT NULL, epoch {int} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL);
CREATE UNIQUE INDEX deliveries_event ON deliveries (endpoint_id, event_id, cause);
CREATE INDEX deliveries_pending ON deliveries (endpoint_id, position) WHERE state = 'pending';
CREATE INDEX deliveries_revocation ON deliveries (endpoint_id, position)
    WHERE state = 'pending' AND reach <> 'nothing';
CREATE INDEX deliveries_user ON deliveries (endpoint_id, user_id) WHERE state = 'pending' AND user_id IS NOT NULL;
CREATE INDEX deliveries_group ON deliveries (endpoint_id, group_id) WHERE state = 'pending' AND group_id IS NOT NULL;

CREATE TABLE attempts (
    id {text} PRIMARY KEY, environment_id {text} NOT NULL, delivery_id {text} NOT NULL, number {int} NOT NULL,
    started_at {int} NOT NULL, duration_ms {int} NOT NULL, status {int}, error {text}, response {text});
CREATE INDEX attempts_delivery ON attempts (delivery_id, number);
";
