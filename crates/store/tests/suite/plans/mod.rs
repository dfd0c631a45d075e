//! Every statement finds its rows by index, however many there are: also with a plan that is kept.

mod fill;
mod postgres;
mod sqlite;
mod walk;

use store::Store;

use crate::house::{House, Outcome};
use crate::tenant::Tenant;

/// A plan that is made anew each time gives way to one that is kept after five.
const TURNS: u32 = 6;

/// Tables of which there is one row per environment, node, partition or step: to look at all of them is what is asked.
const SMALL: &[&str] = &["leases", "positions", "cursors", "bus_marks", "seaql_migrations"];

/// Two tenants, in whose names everything runs.
struct Walker {
    house: House,
    store: Store,
    tenants: [Tenant; 2],
    turn: u32,
}

impl Walker {
    async fn new(house: House, store: Store) -> anyhow::Result<Self> {
        let tenant = |name| Box::pin(Tenant::new(&house.store, name));
        let tenants = [tenant("ours").await?, tenant("other").await?];
        Ok(Self { house, store, tenants, turn: 0 })
    }

    async fn walk(&mut self, turns: u32) -> Outcome {
        let [ours, other] = &self.tenants;
        for _ in 0..turns {
            self.turn += 1;
            walk::walk(&self.store, ours, other, self.turn).await?;
        }
        Ok(())
    }

    async fn fill(&self) -> Outcome {
        fill::fill(&self.house.database, &self.tenants[0]).await
    }
}
