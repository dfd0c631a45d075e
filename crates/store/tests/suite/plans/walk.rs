//! Everything that runs while a broker works: each statement at least once.

use std::collections::{BTreeMap, BTreeSet};

use model::Timestamp;
use model::delivery::{DeliveryState, Reach};
use model::event::{StreamId, Subject};
use model::id::DirectoryId;
use model::query::{Order, PageQuery};
use model::resource::Referrer;
use model::secret::Secret;
use model::tenant::Directory;
use store::{
    Bound, Condition, Contended, Covering, DeliveryResult, DirectoryReader, Fanned, Holder, Key, Leader, Listing,
    LogReader, Net, Results, SortBy, Start, Stop, Store, Tx, Writes,
};

use crate::house::{Outcome, say};
use crate::tenancy::{by_id, documents, filtered, unfiltered};
use crate::tenant::{Tenant, group, membership, parked, user};

/// One turn; `turn` makes names that are new.
pub(super) async fn walk(store: &Store, ours: &Tenant, other: &Tenant, turn: u32) -> Outcome {
    write(store, ours, turn).await?;
    write_alone(store, ours, other).await?;
    authenticate(store, ours).await?;
    deliver(store, ours).await?;
    publish(store, ours).await?;
    read(store, ours).await
}

/// How a batch begins.
#[derive(Debug, Clone, Copy)]
enum Form {
    Locked(Contended),
    Attempt,
}

impl Form {
    const ALL: [Self; 3] = [Self::Locked(Contended::Skip), Self::Locked(Contended::Wait), Self::Attempt];

    /// `None`: not on this database.
    async fn begin(self, store: &Store, ids: &[DirectoryId]) -> anyhow::Result<Option<(Tx, Vec<Directory>)>> {
        Ok(match self {
            Self::Locked(contended) => Some(store.begin_directories(ids, contended).await?),
            Self::Attempt => store.attempt_directories(ids).await?,
        })
    }
}

/// A batch of ingest: locks, lookups, every kind of write, the log.
async fn write(store: &Store, ours: &Tenant, turn: u32) -> Outcome {
    let ids: Vec<DirectoryId> = vec![store.new_id(0), ours.directory.id];
    for form in Form::ALL {
        let Some((mut tx, got)) = form.begin(store, &ids).await? else { continue };
        look_up(store, &tx, ours).await?;
        let name = format!("turn {turn} {form:?}");
        let (user, group) = (user(store, &tx, &ours.directory, &name), group(store, &tx, &ours.directory, &name));
        let waits = parked(store, &tx, &group, &name);
        tx.write(Writes {
            directories: got,
            parked: Net { inserted: vec![waits], ..Net::default() },
            users: Net { inserted: vec![user.clone()], updated: vec![ours.user.clone()], deleted: Vec::new() },
            groups: Net { inserted: vec![group.clone()], updated: vec![ours.group.clone()], deleted: Vec::new() },
            memberships: Net {
                inserted: vec![membership(&user, &group)],
                updated: vec![membership(&ours.user, &ours.group)],
                deleted: Vec::new(),
            },
            ..Writes::default()
        })
        .await?;
        say(store, &mut tx, StreamId::Organization(ours.organization.id));
        tx.commit().await?;
        let Some((mut tx, _)) = form.begin(store, &ids).await? else { continue };
        let referrer = Referrer::Group(group.id);
        look_for_parked(&tx, ours, referrer, &name).await?;
        tx.write(Writes {
            parked: Net { deleted: vec![(referrer, "another".to_owned())], ..Net::default() },
            unparked: BTreeSet::from([referrer]),
            users: Net { deleted: vec![(ours.directory.id, user.id)], ..Net::default() },
            groups: Net { deleted: vec![(ours.directory.id, group.id)], ..Net::default() },
            memberships: Net { deleted: vec![(group.id, user.id)], ..Net::default() },
            leavers: vec![(user.id, 7)],
            dissolved: BTreeSet::from([group.id]),
            ..Writes::default()
        })
        .await?;
        say(store, &mut tx, StreamId::Organization(ours.organization.id));
        tx.commit().await?;
    }
    Ok(())
}

async fn look_up(store: &Store, tx: &Tx, ours: &Tenant) -> Outcome {
    let (of, user, group) = (ours.directory.id, ours.user.id, ours.group.id);
    let names = |name: &str| BTreeSet::from([(of, name.to_owned()), (of, "nobody".to_owned())]);
    assert_eq!(tx.load_users(&BTreeSet::from([(of, user)]), &names("ours")).await?.len(), 2, "found both ways");
    assert_eq!(tx.load_groups(&BTreeSet::from([(of, group)]), &names("ours")).await?.len(), 2, "found both ways");
    let pairs = BTreeSet::from([(group, user)]);
    assert_eq!(tx.load_memberships(&pairs).await?.len(), 1);
    assert_eq!(tx.load_members(&BTreeSet::from([group])).await?, [(group, BTreeSet::from([user]))]);
    let nobody = (of, store.new_id(0));
    assert_eq!(tx.absent_users(&[(of, user), nobody]).await?, BTreeSet::from([nobody]));
    assert_eq!(tx.load_views(of, &[user, nobody.1]).await?.len(), 1);
    Ok(())
}

async fn look_for_parked(tx: &Tx, ours: &Tenant, referrer: Referrer, value: &str) -> Outcome {
    let of = ours.directory.id;
    let value = || value.to_owned();
    let (one, all, some) =
        (BTreeSet::from([(referrer, value())]), BTreeSet::from([referrer]), BTreeSet::from([(of, value())]));
    assert_eq!(tx.load_parked(&one, &all, (&some, 10)).await?.len(), 3, "found all three ways");
    assert_eq!(tx.count_parked(&all).await?, BTreeMap::from([(referrer, 1)]));
    let external_ids = BTreeSet::from([(of, "external ours".to_owned())]);
    assert_eq!(tx.load_users_by_external_id(&external_ids, 10).await?.len(), 1);
    Ok(())
}

/// The verbs of the API, and a commit in two environments.
async fn write_alone(store: &Store, ours: &Tenant, other: &Tenant) -> Outcome {
    let streams = [ours, other].map(|tenant| StreamId::Organization(tenant.organization.id));
    let mut tx = store.begin(&streams).await?;
    tx.get_organization(ours.organization.id).await?;
    tx.get_directory(ours.directory.id).await?;
    tx.list_directories(ours.organization.id).await?;
    tx.count_living_tokens(ours.directory.id).await?;
    tx.update_organization(&ours.organization).await?;
    tx.update_directories(std::slice::from_ref(&ours.directory));
    for stream in streams {
        say(store, &mut tx, stream);
    }
    tx.commit().await?;
    let mut tx = store.begin(&[StreamId::Environment(ours.environment)]).await?;
    let endpoint = tx.get_endpoint(ours.environment, ours.endpoint.id).await?.unwrap();
    tx.count_endpoints(ours.environment, 100).await?;
    tx.update_endpoint(&endpoint, model::endpoint::EndpointStatus::Disabled).await?;
    tx.commit().await?;
    Ok(())
}

async fn authenticate(store: &Store, ours: &Tenant) -> Outcome {
    let (system, hash) = (store.system(), Secret::from_text("ours").hash());
    assert!(system.authenticate(&ours.directory.external_key, &hash).await?.is_some());
    system.touch_token(ours.token.id, Timestamp(1)).await?;
    system.environment_of_key(&hash).await?;
    Ok(())
}

async fn deliver(store: &Store, ours: &Tenant) -> Outcome {
    let (system, of, stream) = (store.system(), ours.environment, StreamId::Organization(ours.organization.id));
    system.save_fanout(&BTreeMap::from([(of, 1)])).await?;
    let mut events = system.events_past(of, 0, 3).await?.events;
    system.stream_events(stream, 0, 3, 3).await?;
    system.event_bodies(&BTreeSet::from([ours.event])).await?;
    system.listeners(&BTreeSet::from([of])).await?;
    system.skip_fanout(&BTreeMap::from([(stream, (of, 1))])).await?;
    events.truncate(2);
    let tx = system.begin_fanout(&BTreeMap::from([(stream, of)])).await?;
    tx.commit(&events.iter().map(|found| (found.position, &found.event)).collect::<Vec<_>>()).await?;
    system.waiting_endpoints([store::shard_of(ours.endpoint.id)]).await?;
    system.enabled_endpoints(&BTreeSet::from([ours.endpoint.id])).await?;
    system.oldest_pending(ours.endpoint.id, 10).await?;
    system.pending_revocations(ours.endpoint.id, 0, 10).await?;
    let (holder, lease) = (store.new_holder(true), vec![ours.endpoint.id.to_string()]);
    let epoch = system.hold_leases(&holder, &lease, 60_000).await?[0].epoch;
    for subject in subjects(ours) {
        system.write_results(&holder, &results(ours, &holder, epoch, subject), 1).await?;
    }
    system.release_leases(&holder, &lease).await?;
    system.sweep_endpoints(10).await?;
    system.purge().await?;
    Ok(())
}

/// A bus with partitions, and what is measured.
async fn publish(store: &Store, ours: &Tenant) -> Outcome {
    let (system, marks, holder) = (store.system(), BTreeMap::from([(0, 1)]), store.new_holder(true));
    let lease = &system.hold_leases(&holder, &["relay".to_owned()], 60_000).await?[0];
    let leader = Leader { holder: &holder, lease };
    let cursors = BTreeMap::from([(ours.environment, 1)]);
    assert!(system.save_relay(leader, &cursors, ("topic", &marks)).await?);
    assert_eq!(system.take_marks(leader, "topic").await?, Some(marks));
    assert_eq!(system.events_of(&BTreeSet::from([ours.event])).await?.len(), 1);
    system.first_not_fanned(ours.environment, 0, 10).await?;
    for reader in [LogReader::Relay, LogReader::Fanout] {
        system.environments_behind(reader).await?;
        system.lag(reader).await?;
    }
    system.late_endpoints(10).await?;
    assert!(system.restart_relay(leader, "topic").await?);
    store.schema().await?;
    Ok(())
}

/// What a revocation may take away: each is found by other columns.
fn subjects(ours: &Tenant) -> [Subject; 3] {
    let of = ours.directory.id;
    [Subject::User(of, ours.user.id), Subject::Group(of, ours.group.id), Subject::Directory(DirectoryId::first_at(1))]
}

fn results(ours: &Tenant, holder: &Holder, epoch: i64, subject: Subject) -> Results {
    let Fanned { id, endpoint_id, .. } = ours.fanned;
    let (lease, at) = (endpoint_id.to_string(), Timestamp(1));
    let delivery = DeliveryResult {
        id,
        environment_id: ours.environment,
        lease: lease.clone(),
        epoch,
        state: DeliveryState::Pending,
        attempts: 1,
        tried_at: Some(at),
        due_at: at,
        attempt: None,
    };
    // Of a stream that nothing pending is of: a directory's revocation looks at all that is pending before it.
    let stream = StreamId::Organization(ours.organization.id);
    let covering = Covering { endpoint_id, lease, epoch, position: 100, stream, subject, reach: Reach::Below };
    let stop = Stop { endpoint_id, updated_at: Timestamp(0) };
    assert!(holder.alone, "the lease is had at once");
    let failing = BTreeMap::from([(endpoint_id, Some(at))]);
    Results { deliveries: vec![delivery], covering: vec![covering], stopped: vec![stop], failing }
}

/// REST and SCIM.
async fn read(store: &Store, ours: &Tenant) -> Outcome {
    let reader = store.environment(ours.environment);
    by_id(&reader, ours).await?;
    filtered(&reader, ours).await?;
    unfiltered(&reader).await?;
    let directory = store.directory(ours.directory.id);
    documents(&directory, ours).await?;
    let page = model::query::IndexPage { start_index: 1, count: 100 };
    directory.list_users(&Listing::page(&[Condition::Mail("ours".to_owned())], page)).await?;
    directory.list_users(&Listing::page(&[], page)).await?;
    directory.list_groups(&Listing::page(&[], page)).await?;
    listings(&directory).await?;
    directory.list_tokens().await?;
    let cursor = Some(store.new_id(0));
    for (before, after) in [(None, None), (None, cursor), (cursor, None)] {
        let page = PageQuery { limit: 100, order: Order::Newest, before, after };
        reader.list_parked(ours.directory.id, page).await?;
    }
    Ok(())
}

/// By all that a list is sorted by, from a place on, either way round; and by conditions of their own.
async fn listings(directory: &DirectoryReader) -> Outcome {
    let text = |text: &str| Some(Key::Text(text.to_owned()));
    let sorts = [
        (SortBy::Created, None),
        (SortBy::Name, text("user 5")),
        (SortBy::ExternalId, text("external 5")),
        (SortBy::DisplayName, text("name 5")),
        (SortBy::Modified, Some(Key::Integer(5))),
    ];
    for (by, key) in sorts {
        for descending in [false, true] {
            let start = Start::Behind { key: key.clone(), id: "directory_user_5".to_owned() };
            let listing = Listing { conditions: &[], by, descending, start, count: 5 };
            directory.list_users(&listing).await?;
            directory.list_groups(&listing).await?;
        }
    }
    let page = model::query::IndexPage { start_index: 1, count: 5 };
    directory.list_users(&Listing::page(&[Condition::DisplayName("name 5".to_owned())], page)).await?;
    let changed = [Condition::Modified(Bound::After, 9_999)];
    let listing = Listing { by: SortBy::Modified, ..Listing::page(&changed, page) };
    directory.list_users(&listing).await?;
    directory.list_groups(&listing).await?;
    Ok(())
}
