//! What can go wrong here, as far as a caller can act on it.

use sea_orm::{DbErr, SqlErr};

type Source = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached or refuses work for now: try again later.
    #[error("the database is not available")]
    Unavailable(#[source] Source),
    /// A unique index refused a row: somebody else was first.
    #[error("a row with the same key exists")]
    Conflict(#[source] Source),
    /// A stored row cannot be read: damaged, or written by a newer version.
    #[error("a stored {what} cannot be read")]
    Corrupt { what: &'static str },
    /// A sealed secret does not open with this master key.
    #[error("the master key does not fit this database")]
    MasterKey,
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Conflict(error.into()),
            _ => Self::Unavailable(error.into()),
        }
    }
}
