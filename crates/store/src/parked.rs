//! References that wait for somebody: rows and nouns, the lookups of a batch, REST's list.

use std::collections::{BTreeMap, BTreeSet};

use model::Timestamp;
use model::id::{DirectoryId, ParkedId};
use model::query::{Page, PageQuery};
use model::resource::{Parked, Referrer};
use sea_orm::ActiveValue::Set;
use sea_orm::FromQueryResult;

use crate::error::Error;
use crate::query::Query;
use crate::reader::Reader;
use crate::table::parked::{ActiveModel, Model};
use crate::{Tx, read};

pub(crate) fn noun(row: Model) -> Result<Parked, Error> {
    Ok(Parked {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        directory_id: read::id(&row.directory_id)?,
        referrer: read::id(&row.referrer_id)?,
        value: row.value,
        created_at: Timestamp(row.created_at),
    })
}

pub(crate) fn rows(parked: Vec<Parked>) -> Vec<ActiveModel> {
    parked.into_iter().map(row).collect()
}

fn row(parked: Parked) -> ActiveModel {
    ActiveModel {
        id: Set(parked.id.to_string()),
        environment_id: Set(parked.environment_id.to_string()),
        directory_id: Set(parked.directory_id.to_string()),
        referrer_id: Set(parked.referrer.to_string()),
        value: Set(parked.value),
        created_at: Set(parked.created_at.0),
    }
}

#[derive(FromQueryResult)]
struct Count {
    referrer_id: String,
    count: i64,
}

impl Tx {
    /// These references; all of these referrers; and of those that wait for these values the oldest, up to `most` for each. The
    /// caller has loaded the referrers within their directories. One statement.
    pub async fn load_parked(
        &self,
        references: &BTreeSet<(Referrer, String)>,
        referrers: &BTreeSet<Referrer>,
        (waiting, most): (&BTreeSet<(DirectoryId, String)>, usize),
    ) -> Result<Vec<Parked>, Error> {
        let dialect = self.store.0.dialect;
        let references = references.iter().map(|(referrer, value)| (referrer, value));
        let (references, mut values) = dialect.rows("k", read::pairs(references), 1);
        let referrers: Vec<_> = referrers.iter().collect();
        let (referrers, more) = dialect.rows("k", read::keys([&referrers]), values.len() + 1);
        values.extend(more);
        let waiting = waiting.iter().map(|(directory, value)| (directory, value));
        let (waiting, more) = dialect.rows("k", read::pairs(waiting), values.len() + 1);
        values.extend(more);
        let one = dialect.lookup(&references, "parked", "t.referrer_id = k.c0 AND t.value = k.c1");
        let all = dialect.lookup_all(&referrers, "parked", "t.referrer_id = k.c0");
        let some = dialect.lookup_first(&waiting, "parked", "t.directory_id = k.c0 AND t.value = k.c1", most);
        let sql = format!("{one} UNION ALL {all} UNION ALL {some}");
        let rows: Vec<Model> = read::all(&self.tx, dialect, &sql, values).await?;
        rows.into_iter().map(noun).collect()
    }

    /// How many references each of these referrers waits for; who waits for none is left out.
    pub async fn count_parked(&self, referrers: &BTreeSet<Referrer>) -> Result<BTreeMap<Referrer, i64>, Error> {
        let dialect = self.store.0.dialect;
        let referrers: Vec<_> = referrers.iter().collect();
        let (keys, values) = dialect.rows("k", read::keys([&referrers]), 1);
        let all = dialect.lookup_all(&keys, "parked", "t.referrer_id = k.c0");
        let sql = format!("SELECT p.referrer_id, count(*) AS count FROM ({all}) AS p GROUP BY p.referrer_id");
        let counts: Vec<Count> = read::all(&self.tx, dialect, &sql, values).await?;
        counts.into_iter().map(|row| Ok((read::id(&row.referrer_id)?, row.count))).collect()
    }
}

impl Reader {
    /// The references of a directory of this environment that wait.
    pub async fn list_parked(
        &self,
        of: DirectoryId,
        page: PageQuery<ParkedId>,
    ) -> Result<Page<Parked, ParkedId>, Error> {
        let mut query = Query::new(self.store.0.dialect, "t.*", "parked t");
        query.and("t.environment_id = ?", self.environment_id.to_string());
        query.within("t.directory_id", of.to_string());
        query.page("t.id", page);
        let rows: Vec<Model> = read::all(&self.store.0.read, self.store.0.dialect, &query.sql, query.values).await?;
        Ok(page.finish(rows.into_iter().map(noun).collect::<Result<_, _>>()?, |found| found.id))
    }
}
