//! Webhook endpoints: rows and nouns. Secrets are sealed, each to its endpoint's id.

use model::Timestamp;
use model::endpoint::{Endpoint, EndpointStatus};
use model::id::{EndpointId, EnvironmentId};
use model::query::{Page, PageQuery};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use crate::error::Error;
use crate::reader::Reader;
use crate::script::Script;
use crate::table::{endpoint, endpoint_event};
use crate::{Store, Tx, page, read, statement};

/// Into how many shards endpoints are hashed; the unit of ownership in delivery.
pub const SHARDS: u16 = 256;

/// Hidden from everybody, its URL free; its rows go in batches.
pub(crate) const DELETING: &str = "deleting";

/// The shard of an endpoint: the low byte of its id, which is random (ids of one millisecond count up from a random
/// start).
pub fn shard_of(id: EndpointId) -> u8 {
    id.ulid().0.to_le_bytes()[0]
}

pub(crate) const fn status_text(status: EndpointStatus) -> &'static str {
    match status {
        EndpointStatus::Enabled => "enabled",
        EndpointStatus::Disabled => "disabled",
        EndpointStatus::Stopped => "stopped",
    }
}

pub(crate) fn status(text: &str) -> Result<EndpointStatus, Error> {
    let all = [EndpointStatus::Enabled, EndpointStatus::Disabled, EndpointStatus::Stopped];
    all.into_iter().find(|status| status_text(*status) == text).ok_or(Error::Corrupt { what: "endpoint" })
}

/// Without its events, which are rows of their own.
pub(crate) fn noun(store: &Store, row: endpoint::Model) -> Result<Endpoint, Error> {
    Ok(Endpoint {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        secret: store.0.master_key.open(&row.secret, &row.id)?,
        url: row.url,
        status: status(&row.status)?,
        events: Vec::new(),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
    })
}

fn row(store: &Store, noun: &Endpoint) -> Result<endpoint::ActiveModel, Error> {
    let id = noun.id.to_string();
    Ok(endpoint::ActiveModel {
        environment_id: Set(noun.environment_id.to_string()),
        url: Set(noun.url.clone()),
        secret: Set(store.seal(&noun.secret, &id)?),
        status: Set(status_text(noun.status).to_owned()),
        shard: Set(shard_of(noun.id).into()),
        created_at: Set(noun.created_at.0),
        updated_at: Set(noun.updated_at.0),
        id: Set(id),
        ..Default::default()
    })
}

impl Reader {
    /// One endpoint of this environment; none that is being deleted.
    pub async fn find_endpoint(&self, id: EndpointId) -> Result<Option<Endpoint>, Error> {
        let found = self.live_endpoints().filter(endpoint::Column::Id.eq(id.to_string()));
        let found = found.one(&self.store.0.read).await?;
        let mut found: Vec<_> = found.into_iter().map(|row| noun(&self.store, row)).collect::<Result<_, _>>()?;
        fill_events(&self.store.0.read, &mut found).await?;
        Ok(found.pop())
    }

    pub async fn list_endpoints(&self, query: PageQuery<EndpointId>) -> Result<Page<Endpoint, EndpointId>, Error> {
        let (found, id) = (self.live_endpoints(), endpoint::Column::Id);
        let nouns = (|row| noun(&self.store, row), |found: &Endpoint| found.id);
        let mut page = page::run(query, found, id, &self.store.0.read, nouns).await?;
        fill_events(&self.store.0.read, &mut page.items).await?;
        Ok(page)
    }

    fn live_endpoints(&self) -> Select<endpoint::Entity> {
        self.of_environment::<endpoint::Entity>().filter(endpoint::Column::Status.ne(DELETING))
    }
}

/// One statement for the events of a whole page.
async fn fill_events(connection: &impl ConnectionTrait, endpoints: &mut [Endpoint]) -> Result<(), Error> {
    if endpoints.is_empty() {
        return Ok(());
    }
    let ids = endpoints.iter().map(|endpoint| endpoint.id.to_string());
    let rows = endpoint_event::Entity::find().filter(endpoint_event::Column::EndpointId.is_in(ids));
    for row in rows.order_by_asc(endpoint_event::Column::Kind).all(connection).await? {
        let owner: EndpointId = read::id(&row.endpoint_id)?;
        if let Some(endpoint) = endpoints.iter_mut().find(|endpoint| endpoint.id == owner) {
            endpoint.events.push(row.kind);
        }
    }
    Ok(())
}

/// All of these want a transaction that holds the stream of the endpoint's environment, and those that write are followed by
/// its commit: the counter is locked last of all, and no longer than that.
impl Tx {
    /// How many endpoints the environment has, but those being deleted; counted no further than `most`.
    pub async fn count_endpoints(&self, environment_id: EnvironmentId, most: u64) -> Result<u64, Error> {
        let sql = format!(
            "SELECT count(*) AS count FROM (SELECT 1 FROM endpoints e WHERE e.environment_id = $1 \
             AND e.status <> '{DELETING}' LIMIT $2) AS found"
        );
        let values = vec![environment_id.to_string().into(), i64::try_from(most).unwrap_or(i64::MAX).into()];
        let row = self.tx.query_one_raw(statement::with(self.store.0.dialect, &sql, values)).await?;
        let count: i64 = row.ok_or(Error::Corrupt { what: "count" })?.try_get("", "count")?;
        u64::try_from(count).map_err(|_| Error::Corrupt { what: "count" })
    }

    /// An endpoint of this environment; none that is being deleted. Its row is locked.
    pub async fn get_endpoint(&self, environment_id: EnvironmentId, id: EndpointId) -> Result<Option<Endpoint>, Error> {
        let dialect = self.store.0.dialect;
        let lock = dialect.lock("e", true);
        let sql = format!(
            "SELECT e.* FROM endpoints e WHERE e.id = $1 AND e.environment_id = $2 AND e.status <> '{DELETING}'{lock}"
        );
        let values = vec![id.to_string().into(), environment_id.to_string().into()];
        let rows: Vec<endpoint::Model> = read::all(&self.tx, dialect, &sql, values).await?;
        let mut found: Vec<_> = rows.into_iter().map(|row| noun(&self.store, row)).collect::<Result<_, _>>()?;
        fill_events(&self.tx, &mut found).await?;
        Ok(found.pop())
    }

    /// Inserts an endpoint that hears of what is recorded from now on.
    ///
    /// # Errors
    /// [`Error::Conflict`]: the environment has an endpoint with this URL.
    pub async fn insert_endpoint(&mut self, endpoint: &Endpoint) -> Result<(), Error> {
        let row = endpoint::ActiveModel { from_position: Set(0), ..row(&self.store, endpoint)? };
        endpoint::Entity::insert(row).exec_without_returning(&self.tx).await?;
        self.insert_endpoint_events(endpoint).await?;
        self.hear_from_now_on(endpoint).await
    }

    /// Replaces an endpoint that [`Tx::get_endpoint`] got, `was` being its status then. Enabled again after its owner had
    /// disabled it, it hears of what is recorded from now on, and of what took away something that is pending still. Enabled
    /// again, it has not failed yet.
    ///
    /// # Errors
    /// [`Error::Conflict`]: the environment has another endpoint with this URL.
    pub async fn update_endpoint(&mut self, endpoint: &Endpoint, was: EndpointStatus) -> Result<(), Error> {
        self.delete_endpoint_events(endpoint.id).await?;
        let mut row = row(&self.store, endpoint)?;
        if was != EndpointStatus::Enabled && endpoint.status == EndpointStatus::Enabled {
            row.failing_since = Set(None);
        }
        endpoint::Entity::update(row).exec(&self.tx).await?;
        self.insert_endpoint_events(endpoint).await?;
        if was == EndpointStatus::Disabled && endpoint.status != EndpointStatus::Disabled {
            self.hear_from_now_on(endpoint).await?;
        }
        Ok(())
    }

    /// Hides an endpoint at once, frees its URL and ends its deliveries; its rows go later, in batches. Answers whether
    /// there was one.
    pub async fn delete_endpoint(&mut self, environment_id: EnvironmentId, id: EndpointId) -> Result<bool, Error> {
        use endpoint::Column;
        let this = Condition::all()
            .add(Column::Id.eq(id.to_string()))
            .add(Column::EnvironmentId.eq(environment_id.to_string()))
            .add(Column::Status.ne(DELETING));
        let hidden = endpoint::Entity::update_many().col_expr(Column::Status, DELETING.into());
        let hidden = hidden.col_expr(Column::UpdatedAt, self.now_ms.into());
        if hidden.filter(this).exec(&self.tx).await?.rows_affected == 0 {
            return Ok(false);
        }
        self.delete_endpoint_events(id).await?;
        self.endpoints.push(id);
        Ok(true)
    }

    async fn delete_endpoint_events(&self, id: EndpointId) -> Result<(), Error> {
        let rows = endpoint_event::Column::EndpointId.eq(id.to_string());
        endpoint_event::Entity::delete_many().filter(rows).exec(&self.tx).await?;
        Ok(())
    }

    async fn insert_endpoint_events(&mut self, endpoint: &Endpoint) -> Result<(), Error> {
        let row = |kind: &String| endpoint_event::ActiveModel {
            endpoint_id: Set(endpoint.id.to_string()),
            kind: Set(kind.clone()),
            environment_id: Set(endpoint.environment_id.to_string()),
        };
        let mut script = Script::new(self.store.0.dialect);
        script.insert(endpoint.events.iter().map(row).collect::<Vec<_>>());
        self.endpoints.push(endpoint.id);
        script.run(&self.tx).await
    }

    /// Locks the environment's position counter, so that no event gets a position until this transaction ends, and takes its
    /// value.
    async fn hear_from_now_on(&self, endpoint: &Endpoint) -> Result<(), Error> {
        let dialect = self.store.0.dialect;
        let sql = format!(
            "UPDATE endpoints SET from_position = (SELECT p.last FROM positions p WHERE p.environment_id = $1{}) \
             WHERE id = $2",
            dialect.lock("p", true)
        );
        let values = vec![endpoint.environment_id.to_string().into(), endpoint.id.to_string().into()];
        self.tx.execute_raw(statement::with(dialect, &sql, values)).await?;
        Ok(())
    }
}
