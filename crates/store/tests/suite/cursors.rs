//! How far readers of the log have come.

use std::collections::BTreeMap;

use store::LogReader::{Fanout, Relay};
use tests::{Database, on_each_database};

use crate::house::{House, MIGRATED, Outcome};

on_each_database!(MIGRATED: never_move_back, each_reader_has_its_own);

async fn never_move_back(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let (system, id) = (house.store.system(), house.environment);
    for (saved, kept) in [(3, 3), (2, 3), (3, 3), (4, 4)] {
        system.save_cursors(Relay, &BTreeMap::from([(id, saved)])).await?;
        assert_eq!(system.load_cursors(Relay).await?, BTreeMap::from([(id, kept)]));
    }
    Ok(())
}

async fn each_reader_has_its_own(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let system = house.store.system();
    house.record(3).await?;
    system.save_cursors(Relay, &BTreeMap::from([(house.environment, 3)])).await?;
    assert_eq!(system.environments_behind(Relay).await?, []);
    let [behind] = system.environments_behind(Fanout).await?[..] else { panic!("one environment is behind") };
    assert_eq!((behind.environment_id, behind.cursor, behind.last), (house.environment, 0, 3));
    Ok(())
}
