//! Webhook endpoints: create, update, delete, and the reads.

mod url;

pub use url::{MAX_URL_LENGTH, Reach};

use model::Timestamp;
use model::answer::Answer;
use model::endpoint::{Endpoint, EndpointStatus};
use model::event::StreamId;
use model::event_name;
use model::id::{EndpointId, EnvironmentId};
use model::query::{Page, PageQuery};
use model::secret::{Secret, SecretKind};
use store::Tx;

use crate::{Broker, Error, once};

/// How many endpoints an environment may have.
pub const MAX_ENDPOINTS: u64 = 100;

/// What a caller says of an endpoint; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct EndpointChange {
    pub url: Option<String>,
    pub status: Option<EndpointStatus>,
    pub events: Option<Vec<String>>,
}

impl Broker {
    pub async fn list_endpoints(
        &self,
        of: EnvironmentId,
        page: PageQuery<EndpointId>,
    ) -> Result<Page<Endpoint, EndpointId>, Error> {
        Ok(self.reader(of).list_endpoints(page).await?)
    }

    /// Makes an endpoint that hears of what is recorded from now on.
    pub async fn create_endpoint(
        &self,
        of: EnvironmentId,
        url: &str,
        events: Vec<String>,
        reach: Reach,
    ) -> Result<Endpoint, Error> {
        self.create_endpoint_once(of, (url, reach), events, |_| None).await
    }

    /// [`Broker::create_endpoint`], which keeps the answer to the request that made it.
    pub async fn create_endpoint_once(
        &self,
        of: EnvironmentId,
        (url, reach): (&str, Reach),
        events: Vec<String>,
        answer: impl FnOnce(&Endpoint) -> Option<Answer>,
    ) -> Result<Endpoint, Error> {
        let (url, events) = (url::check(url, reach)?, subscriptions(events)?);
        let mut tx = self.store.begin(&[StreamId::Environment(of)]).await?;
        check_room(&tx, of).await?;
        let now = Timestamp(tx.now_ms);
        let endpoint = Endpoint {
            id: self.new_id(&tx),
            environment_id: of,
            url,
            secret: self.store.draw(|rng| Secret::generate(SecretKind::WebhookSecret, rng)),
            status: EndpointStatus::Enabled,
            events,
            created_at: now,
            updated_at: now,
        };
        tx.insert_endpoint(&endpoint).await.map_err(duplicate)?;
        once::keep(&tx, of, answer(&endpoint)).await?;
        tx.commit().await?;
        Ok(endpoint)
    }

    pub async fn update_endpoint(
        &self,
        of: EnvironmentId,
        id: &str,
        change: EndpointChange,
        reach: Reach,
    ) -> Result<Endpoint, Error> {
        let (mut tx, before) = self.hold_endpoint(of, id).await?;
        let mut endpoint = before.clone();
        if let Some(url) = change.url {
            endpoint.url = url::check(&url, reach)?;
        }
        if let Some(events) = change.events {
            endpoint.events = subscriptions(events)?;
        }
        endpoint.status = change.status.unwrap_or(endpoint.status);
        if endpoint != before {
            endpoint.updated_at = Timestamp(tx.now_ms);
            tx.update_endpoint(&endpoint, before.status).await.map_err(duplicate)?;
            tx.commit().await?;
        }
        Ok(endpoint)
    }

    /// Nothing is sent there any more; its URL is free at once.
    pub async fn delete_endpoint(&self, of: EnvironmentId, id: &str) -> Result<(), Error> {
        let (mut tx, endpoint) = self.hold_endpoint(of, id).await?;
        tx.delete_endpoint(of, endpoint.id).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn hold_endpoint(&self, of: EnvironmentId, id: &str) -> Result<(Tx, Endpoint), Error> {
        let missing = || Error::not_found("a webhook endpoint", id);
        let parsed: EndpointId = id.parse().map_err(|_| missing())?;
        let tx = self.store.begin(&[StreamId::Environment(of)]).await?;
        let held = tx.get_endpoint(of, parsed).await?;
        Ok((tx, held.ok_or_else(missing)?))
    }
}

/// Under the environment's stream, which everybody holds who makes an endpoint.
async fn check_room(tx: &Tx, of: EnvironmentId) -> Result<(), Error> {
    if tx.count_endpoints(of, MAX_ENDPOINTS).await? < MAX_ENDPOINTS {
        return Ok(());
    }
    let message = format!("An environment has at most {MAX_ENDPOINTS} webhook endpoints; delete one first.");
    Err(Error::Conflict { code: "too_many_endpoints", message })
}

fn duplicate(error: store::Error) -> Error {
    match error {
        store::Error::Conflict(_) => {
            let message = "Another webhook endpoint has this URL.".to_owned();
            Error::Conflict { code: "duplicate_endpoint", message }
        }
        other => other.into(),
    }
}

/// The names, sorted, each once.
fn subscriptions(mut events: Vec<String>) -> Result<Vec<String>, Error> {
    events.sort();
    events.dedup();
    if events.is_empty() {
        return Err(Error::invalid("events", "events must name at least one event type"));
    }
    if let Some(name) = events.iter().find(|name| !event_name::is_subscribable(name)) {
        let message = format!("{name} is not an event type that webhooks carry");
        return Err(Error::Invalid { code: "unknown_event_type", field: "events", message });
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(events: &[&str], expected: Result<&[&str], &str>) {
        let read = subscriptions(events.iter().map(|name| (*name).to_owned()).collect());
        let read = read.map_err(|error| match error {
            Error::Invalid { code, .. } => code,
            _ => "",
        });
        assert_eq!(read, expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect()), "{events:?}");
    }

    #[test]
    fn subscriptions_are_known_names_once_each() {
        check(&["user.created", "dsync.activated", "user.created"], Ok(&["dsync.activated", "user.created"]));
        check(&[], Err("invalid_request_parameters"));
        check(&["dsync.token.created"], Err("unknown_event_type"));
        check(&["dsync.activated", "dsync.deactivated"], Err("unknown_event_type"));
        check(&["user.create"], Err("unknown_event_type"));
        check(event_name::SUBSCRIBABLE, Ok(event_name::SUBSCRIBABLE));
    }
}
