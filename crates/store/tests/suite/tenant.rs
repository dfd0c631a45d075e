//! An environment with one of everything in it.

use std::collections::{BTreeMap, BTreeSet};

use model::Timestamp;
use model::delivery::{Attempt, DeliveryState};
use model::endpoint::{Endpoint, EndpointStatus};
use model::event::{EventType, StreamId, Subject};
use model::id::{AttemptId, DirectoryTokenId, EnvironmentId, EventId};
use model::resource::{Group, GroupDocument, Membership, Parked, Referrer, User, UserDocument, UserView};
use model::secret::Secret;
use model::settings::DirectorySettings;
use model::tenant::{
    Counters, Directory, DirectoryState, DirectoryToken, DirectoryType, DomainState, Organization, OrganizationDomain,
};
use model::view::UserState;
use store::{DeliveryResult, Fanned, Net, Results, Store, Tx, Writes};

use crate::house;

/// Two tenants differ in ids, and in the name that what must be unique is made of.
pub(crate) struct Tenant {
    pub(crate) environment: EnvironmentId,
    pub(crate) organization: Organization,
    pub(crate) directory: Directory,
    pub(crate) token: DirectoryToken,
    pub(crate) user: User,
    pub(crate) group: Group,
    pub(crate) endpoint: Endpoint,
    pub(crate) event: EventId,
    pub(crate) fanned: Fanned,
    pub(crate) attempt: AttemptId,
}

impl Tenant {
    pub(crate) async fn new(store: &Store, name: &str) -> anyhow::Result<Self> {
        let environment = house::environment(store).await?;
        let organization = insert_organization(store, environment, name).await?;
        let stream = StreamId::Organization(organization.id);
        let endpoint = insert_endpoint(store, environment, &format!("https://{name}.example/hook")).await?;
        let mut tx = store.begin(&[stream]).await?;
        let directory = directory(store, &tx, &organization, name);
        tx.insert_directory(&directory);
        let token = token(store, &directory, tx.now_ms);
        tx.insert_token(&directory, &token, &Secret::from_text(name).hash()).await?;
        let (user, group) = (user(store, &tx, &directory, name), group(store, &tx, &directory, name));
        tx.write(people(&user, &group)).await?;
        let about = Subject::User(directory.id, user.id);
        let event = house::say_of(store, &mut tx, stream, EventType::UserCreated, about);
        tx.commit().await?;
        let fanned = fan_out(store, environment, stream).await?;
        let attempt = attempt(store, environment, fanned).await?;
        Ok(Self { environment, organization, directory, token, user, group, endpoint, event, fanned, attempt })
    }
}

async fn insert_organization(store: &Store, of: EnvironmentId, name: &str) -> anyhow::Result<Organization> {
    let mut tx = store.begin(&[]).await?;
    let at = Timestamp(tx.now_ms);
    let domain = format!("{name}.example");
    let state = DomainState::Verified;
    let organization = Organization {
        id: store.new_id(tx.now_ms),
        environment_id: of,
        name: "Fennimore Tidal".to_owned(),
        domains: vec![OrganizationDomain {
            id: store.new_id(tx.now_ms),
            domain,
            state,
            created_at: at,
            updated_at: at,
        }],
        metadata: BTreeMap::new(),
        external_id: Some(name.to_owned()),
        stripe_customer_id: None,
        allow_profiles_outside_organization: None,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    tx.insert_stream(StreamId::Organization(organization.id), of);
    tx.insert_organization(&organization);
    tx.commit().await?;
    Ok(organization)
}

pub(crate) async fn insert_endpoint(store: &Store, of: EnvironmentId, url: &str) -> anyhow::Result<Endpoint> {
    let mut tx = store.begin(&[StreamId::Environment(of)]).await?;
    let at = Timestamp(tx.now_ms);
    let endpoint = Endpoint {
        id: store.new_id(tx.now_ms),
        environment_id: of,
        url: url.to_owned(),
        secret: Secret::from_text("whsec_of_a_test"),
        status: EndpointStatus::Enabled,
        events: vec![EventType::UserCreated.as_str().to_owned()],
        created_at: at,
        updated_at: at,
    };
    tx.insert_endpoint(&endpoint).await?;
    tx.commit().await?;
    Ok(endpoint)
}

pub(crate) fn directory(store: &Store, tx: &Tx, of: &Organization, name: &str) -> Directory {
    let at = Timestamp(tx.now_ms);
    Directory {
        id: store.new_id(tx.now_ms),
        environment_id: of.environment_id,
        organization_id: of.id,
        external_key: format!("key of {name}"),
        kind: DirectoryType::Generic,
        state: DirectoryState::Linked,
        name: "People".to_owned(),
        tokens_version: 0,
        counters: Counters::default(),
        settings: DirectorySettings::default(),
        created_at: at,
        updated_at: at,
        version: 1,
    }
}

fn token(store: &Store, directory: &Directory, now_ms: i64) -> DirectoryToken {
    let id: DirectoryTokenId = store.new_id(now_ms);
    DirectoryToken {
        id,
        directory_id: directory.id,
        name: "first".to_owned(),
        suffix: "abcd".to_owned(),
        created_at: Timestamp(now_ms),
        last_used_at: None,
        expires_at: None,
    }
}

pub(crate) fn user(store: &Store, tx: &Tx, of: &Directory, name: &str) -> User {
    let at = Timestamp(tx.now_ms);
    User {
        id: store.new_id(tx.now_ms),
        environment_id: of.environment_id,
        directory_id: of.id,
        version: 1,
        created_at: at,
        updated_at: at,
        document: Some(UserDocument {
            json: "{}".to_owned(),
            user_name_key: name.to_owned(),
            display_name_key: None,
            external_id: Some(format!("external {name}")),
            mail_keys: Vec::new(),
            active: true,
        }),
        view: Some(UserView {
            json: "{}".to_owned(),
            idp_id: format!("idp {name}"),
            email_key: Some(format!("{name}@example.com")),
            state: UserState::Active,
        }),
    }
}

pub(crate) fn group(store: &Store, tx: &Tx, of: &Directory, name: &str) -> Group {
    let at = Timestamp(tx.now_ms);
    Group {
        id: store.new_id(tx.now_ms),
        environment_id: of.environment_id,
        directory_id: of.id,
        version: 1,
        created_at: at,
        updated_at: at,
        document: Some(GroupDocument {
            json: "{}".to_owned(),
            display_name_key: name.to_owned(),
            external_id: Some(format!("external {name}")),
        }),
        view: Some("{}".to_owned()),
    }
}

pub(crate) fn membership(user: &User, group: &Group) -> Membership {
    Membership {
        group_id: group.id,
        user_id: user.id,
        environment_id: group.environment_id,
        directory_id: group.directory_id,
        present: true,
        told: true,
    }
}

fn people(user: &User, group: &Group) -> Writes {
    Writes {
        users: Net { inserted: vec![user.clone()], ..Net::default() },
        groups: Net { inserted: vec![group.clone()], ..Net::default() },
        memberships: Net { inserted: vec![membership(user, group)], ..Net::default() },
        ..Writes::default()
    }
}

/// Fans out all that the environment recorded; answers the last delivery that this made.
async fn fan_out(store: &Store, of: EnvironmentId, stream: StreamId) -> anyhow::Result<Fanned> {
    let system = store.system();
    let events = system.events_past(of, 0, 1000).await?.events;
    let tx = system.begin_fanout(&BTreeMap::from([(stream, of)])).await?;
    let events: Vec<_> = events.iter().map(|found| (found.position, &found.event)).collect();
    Ok(tx.commit(&events).await?.pop().unwrap())
}

/// Has the delivery tried once, in vain.
async fn attempt(store: &Store, of: EnvironmentId, fanned: Fanned) -> anyhow::Result<AttemptId> {
    let (holder, lease) = (store.new_holder(false), fanned.endpoint_id.to_string());
    let held = store.system().hold_leases(&holder, std::slice::from_ref(&lease), 60_000).await?;
    let (id, at) = (store.new_id(store.clock_ms()), Timestamp(store.clock_ms()));
    let attempt =
        Attempt { id, number: 1, started_at: at, duration_ms: 1, status: Some(500), error: None, response: None };
    let result = DeliveryResult {
        id: fanned.id,
        environment_id: of,
        lease,
        epoch: held[0].epoch,
        state: DeliveryState::Pending,
        attempts: 1,
        tried_at: Some(at),
        due_at: at,
        attempt: Some(attempt),
    };
    let results = Results { deliveries: vec![result], ..Results::default() };
    let written = store.system().write_results(&holder, &results, at.0).await?;
    anyhow::ensure!(written == BTreeSet::from([fanned.id]), "the result is written");
    Ok(id)
}

/// A member of the group who has not come yet.
pub(crate) fn parked(store: &Store, tx: &Tx, of: &Group, value: &str) -> Parked {
    Parked {
        id: store.new_id(tx.now_ms),
        environment_id: of.environment_id,
        directory_id: of.directory_id,
        referrer: Referrer::Group(of.id),
        value: value.to_owned(),
        created_at: Timestamp(tx.now_ms),
    }
}
