//! How far readers of the log have come.

use std::collections::BTreeMap;

use store::Leader;
use store::LogReader::{Fanout, Relay};
use tests::{Database, on_each_database};

use crate::house::{House, MIGRATED, Outcome};

on_each_database!(MIGRATED: never_move_back, each_reader_has_its_own, who_leads_no_more_leaves_nothing);

async fn never_move_back(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let (system, id) = (house.store.system(), house.environment);
    for (saved, kept) in [(3, 3), (2, 3), (3, 3), (4, 4)] {
        system.save_fanout(&BTreeMap::from([(id, saved)])).await?;
        assert_eq!(system.load_cursors(Fanout).await?, BTreeMap::from([(id, kept)]));
    }
    Ok(())
}

async fn each_reader_has_its_own(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let system = house.store.system();
    house.record(3).await?;
    system.save_fanout(&BTreeMap::from([(house.environment, 3)])).await?;
    assert_eq!(system.environments_behind(Fanout).await?, []);
    let [behind] = system.environments_behind(Relay).await?[..] else { panic!("one environment is behind") };
    assert_eq!((behind.environment_id, behind.cursor, behind.last), (house.environment, 0, 3));
    Ok(())
}

/// A relay that was paused past its lease, while its successor told a new bus everything.
async fn who_leads_no_more_leaves_nothing(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let (system, id) = (house.store.system(), house.environment);
    let [paused, next] = [(); 2].map(|()| house.store.new_holder(false));
    let name = ["relay".to_owned()];
    let held = system.hold_leases(&paused, &name, 0).await?.remove(0);
    let paused = Leader { holder: &paused, lease: &held };
    let (far, near) = (BTreeMap::from([(id, 9)]), BTreeMap::from([(id, 1)]));
    let marks = BTreeMap::from([(0, 7)]);
    assert!(system.save_relay(paused, &far, ("topic", &marks)).await?);
    let taken = system.hold_leases(&next, &name, 60_000).await?.remove(0);
    let next = Leader { holder: &next, lease: &taken };
    assert_eq!(system.take_marks(next, "topic").await?, Some(marks.clone()));
    assert!(system.restart_relay(next, "topic").await?);
    assert!(system.save_relay(next, &near, ("topic", &BTreeMap::new())).await?);
    assert!(!system.save_relay(paused, &far, ("topic", &marks)).await?);
    assert!(!system.restart_relay(paused, "topic").await?);
    assert_eq!(system.take_marks(paused, "other").await?, None);
    assert_eq!(system.load_cursors(Relay).await?, near);
    assert_eq!(system.take_marks(next, "topic").await?, Some(BTreeMap::new()));
    Ok(())
}
