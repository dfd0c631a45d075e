//! What is known of the whole installation, in one row: the master key it belongs to, and its name outside.

use model::secret::Secret;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::error::Error;
use crate::system::System;
use crate::{Store, read, statement};

/// What the known text is sealed to.
const OWNER: &str = "installation";
/// Sealed under the installation's master key: whoever can open it has the key.
const KNOWN: &str = "rollcall";

#[derive(FromQueryResult)]
struct Row {
    sealed: Vec<u8>,
    public_url: Option<String>,
}

impl Store {
    /// Ties a new database to this master key; holds the key against the one that the database is tied to. Of nodes that begin
    /// at once with different keys, one has its way and the others are refused.
    ///
    /// # Errors
    /// [`Error::MasterKey`]: it is another key.
    pub async fn claim(&self) -> Result<(), Error> {
        let row = match self.installation().await? {
            Some(row) => row,
            None => self.install().await?,
        };
        self.0.master_key.open(&row.sealed, OWNER).map(drop)
    }

    /// The row of whoever was first.
    async fn install(&self) -> Result<Row, Error> {
        let sealed = self.seal(&Secret::from_text(KNOWN), OWNER)?;
        let sql = "INSERT INTO installation (id, sealed) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
        self.0.write.execute_raw(statement::with(self.0.dialect, sql, vec![sealed.into()])).await?;
        self.installation().await?.ok_or(Error::Corrupt { what: "installation" })
    }

    /// Read where it is written, so that what another node has just written is seen.
    async fn installation(&self) -> Result<Option<Row>, Error> {
        let sql = "SELECT sealed, public_url FROM installation WHERE id = 1";
        let rows: Vec<Row> = read::all(&self.0.write, self.0.dialect, sql, Vec::new()).await?;
        Ok(rows.into_iter().next())
    }
}

impl System {
    /// The URL that a node was last told to be known by; none when no node was told any.
    pub async fn public_url(&self) -> Result<Option<String>, Error> {
        Ok(self.0.installation().await?.and_then(|row| row.public_url))
    }

    /// Keeps the URL by which nodes are reached, for commands that run beside them.
    pub async fn set_public_url(&self, url: &str) -> Result<(), Error> {
        let sql = "UPDATE installation SET public_url = $1 WHERE id = 1";
        self.0.0.write.execute_raw(statement::with(self.0.0.dialect, sql, vec![url.into()])).await?;
        Ok(())
    }
}
