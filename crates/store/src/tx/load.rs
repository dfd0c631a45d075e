//! The set-wise lookup that users and groups share.

use sea_orm::FromQueryResult;

use super::Tx;
use crate::dialect::Rows;
use crate::error::Error;
use crate::read;

impl Tx {
    /// Rows of `table` by (directory, id), and by (directory, key column). A row found both ways comes twice.
    pub(crate) async fn load_by_id_or_key<M: FromQueryResult>(
        &self,
        table: &str,
        key: &str,
        ids: Rows,
        keys: Rows,
    ) -> Result<Vec<M>, Error> {
        let dialect = self.store.0.dialect;
        let (ids, mut values) = dialect.rows("k", ids, 1);
        let (keys, more) = dialect.rows("k", keys, values.len() + 1);
        values.extend(more);
        let by_id = dialect.lookup(&ids, table, "t.id = k.c1 AND t.directory_id = k.c0");
        let by_key = dialect.lookup(&keys, table, &format!("t.directory_id = k.c0 AND t.{key} = k.c1"));
        read::all(&self.tx, dialect, &format!("{by_id} UNION ALL {by_key}"), values).await
    }
}
