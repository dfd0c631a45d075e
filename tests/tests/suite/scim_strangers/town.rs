//! Three directories that must not hear of each other.

use std::fmt::Write as _;

use anyhow::{Result, ensure};
use reqwest::{Client, Method, Response};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tests::Database;

use crate::tenant::{Feed, House, Tenant, text};

/// Stands in every name of the two others, and in nothing of ours.
pub(super) const HIDDEN: &str = "hidden";
/// An id that nobody has, after a kind's prefix.
const ABSENT: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(super) struct Town {
    pub(super) house: House,
    pub(super) tenant: Tenant,
    pub(super) other_tenant: Tenant,
    pub(super) ours: Feed,
    /// Of our organization.
    pub(super) sibling: Household,
    /// Of another environment.
    pub(super) foreign: Household,
    database: sea_orm::DatabaseConnection,
}

/// A directory with one user in one group.
pub(super) struct Household {
    pub(super) feed: Feed,
    pub(super) user: String,
    pub(super) group: String,
}

impl Town {
    pub(super) async fn build(database: &Database) -> Result<Self> {
        let house = House::open(database).await?;
        let (tenant, other_tenant) = (house.tenant().await?, house.tenant().await?);
        let organization = organization(&house, &tenant).await?;
        let (ours, sibling) = (house.feed_of(&organization).await?, house.feed_of(&organization).await?);
        let foreign = house.feed_of(&self::organization(&house, &other_tenant).await?).await?;
        let sibling = Household::found(&house, sibling, "sibling").await?;
        let foreign = Household::found(&house, foreign, "foreign").await?;
        // The first request links a directory, which is an event.
        house.scim(&ours, Method::GET, "/Users", None).await?.error_for_status()?;
        let database = sea_orm::Database::connect(database.url()).await?;
        Ok(Self { house, tenant, other_tenant, ours, sibling, foreign, database })
    }

    pub(super) fn others(&self) -> [&Household; 2] {
        [&self.sibling, &self.foreign]
    }

    /// Fails when an answer holds a name of the others, or one of their ids beyond those that were asked for.
    pub(super) fn hides(&self, answer: &str, asked: &str) -> Result<()> {
        let rest = answer.replace(asked, "");
        ensure!(!rest.contains(HIDDEN), "{answer}");
        for id in self.others().into_iter().flat_map(|of| [&of.user, &of.group, &of.feed.id, &of.feed.token]) {
            ensure!(!rest.contains(id), "{id} in {answer}");
        }
        Ok(())
    }

    /// All that the others have, as they see it, with the positions of all logs and the directories' rows.
    pub(super) async fn others_state(&self) -> Result<String> {
        let mut state = String::new();
        for Household { feed, .. } in self.others() {
            for list in ["/Users?count=100", "/Groups?count=100"] {
                state.push_str(&self.house.scim(feed, Method::GET, list, None).await?.text().await?);
            }
            let events = "SELECT count(*) AS n FROM events WHERE directory_id = $1";
            let row = "SELECT version AS n FROM directories WHERE id = $1";
            let tokens = "SELECT tokens_version AS n FROM directories WHERE id = $1";
            for sql in [events, row, tokens] {
                _ = write!(state, " {}", self.number(sql, &feed.id).await?);
            }
        }
        let last = "SELECT last AS n FROM positions WHERE environment_id = $1";
        _ = write!(state, " {}", self.number(last, &self.other_tenant.environment).await?);
        Ok(state)
    }

    /// The same for everybody, ours included.
    pub(super) async fn state(&self) -> Result<String> {
        let mut state = self.others_state().await?;
        for list in ["/Users?count=100", "/Groups?count=100"] {
            state.push_str(&self.house.scim(&self.ours, Method::GET, list, None).await?.text().await?);
        }
        let last = "SELECT last AS n FROM positions WHERE environment_id = $1";
        _ = write!(state, " {}", self.number(last, &self.tenant.environment).await?);
        Ok(state)
    }

    async fn number(&self, sql: &str, id: &str) -> Result<i64> {
        let backend = self.database.get_database_backend();
        let row = self.database.query_one_raw(Statement::from_sql_and_values(backend, sql, [id.into()])).await?;
        row.map_or(Ok(0), |row| Ok(row.try_get("", "n")?))
    }

    /// A user of ours.
    pub(super) async fn user(&self, name: &str, manager: Option<&str>) -> Result<String> {
        let mut body = json!({"userName": name, "externalId": name});
        if let Some(manager) = manager {
            body[ENTERPRISE] = json!({"manager": {"value": manager}});
        }
        made(self.house.scim(&self.ours, Method::POST, "/Users", Some(body)).await?).await
    }

    /// A group of ours.
    pub(super) async fn group(&self, name: &str, user: &str) -> Result<String> {
        let body = json!({"displayName": name, "externalId": name, "members": [{"value": user}]});
        made(self.house.scim(&self.ours, Method::POST, "/Groups", Some(body)).await?).await
    }

    pub(super) async fn close(self) -> Result<()> {
        self.database.close().await?;
        ensure!(self.house.serving.terminate().await?.success());
        Ok(())
    }
}

impl Household {
    async fn found(house: &House, feed: Feed, name: &str) -> Result<Self> {
        let name = format!("{HIDDEN}-{name}");
        let body = json!({"userName": name, "externalId": name, "displayName": name,
            "emails": [{"value": format!("{name}@{HIDDEN}.example"), "type": "work"}], "title": name});
        let user = made(house.scim(&feed, Method::POST, "/Users", Some(body)).await?).await?;
        let body = json!({"displayName": name, "externalId": name, "members": [{"value": user}]});
        let group = made(house.scim(&feed, Method::POST, "/Groups", Some(body)).await?).await?;
        Ok(Self { feed, user, group })
    }
}

/// The same kind of id, of nobody.
pub(super) fn absent(id: &str) -> String {
    let kind = id.rsplit_once('_').map_or("", |(kind, _)| kind);
    format!("{kind}_{ABSENT}")
}

async fn organization(house: &House, tenant: &Tenant) -> Result<String> {
    let create = ["organization", "create", "--environment", &tenant.environment, "--name", "Acme"];
    text(&house.node.run(&create).await?, "id")
}

async fn made(response: Response) -> Result<String> {
    ensure!(response.status() == 201, "{}", response.text().await?);
    text(&response.json::<Value>().await?, "id")
}

/// Five methods, of which these carry a body.
pub(super) const METHODS: [(Method, bool); 5] =
    [(Method::GET, false), (Method::POST, true), (Method::PUT, true), (Method::PATCH, true), (Method::DELETE, false)];

/// Sends to a base URL and a path below it.
pub(super) async fn send(client: &Client, call: Call<'_>) -> Result<Response> {
    let request = client.request(call.method.clone(), call.url);
    let request = match call.authorization {
        Some(header) => request.header("authorization", header),
        None => request,
    };
    Ok(match call.body {
        Some(body) => request.header("content-type", "application/scim+json").body(body.to_owned()).send().await?,
        None => request.send().await?,
    })
}

pub(super) struct Call<'a> {
    pub(super) method: &'a Method,
    pub(super) url: String,
    pub(super) authorization: Option<&'a str>,
    pub(super) body: Option<&'a str>,
}
