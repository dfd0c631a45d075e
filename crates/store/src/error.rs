//! What can go wrong here, as far as a caller can act on it.

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{DbErr, RuntimeErr, SqlErr};

type Source = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached or refuses work for now: try again later.
    #[error("the database is not available")]
    Unavailable(#[source] Source),
    /// A unique index refused a row: somebody else was first.
    #[error("a row with the same key exists")]
    Conflict(#[source] Source),
    /// The database does not take a row: too long for an index, of a wrong form.
    #[error("the database refuses a row")]
    Refused(#[source] Source),
    /// A stream has moved since it was read, or another transaction holds it: nothing was written, lock it and read again.
    #[error("a stream has moved since it was read")]
    Moved,
    /// An attempt has more rows than one call may carry: nothing was written, lock the streams and write it in several statements.
    #[error("there are more rows than one call may carry")]
    TooMany,
    /// The answer to COMMIT was lost, and the database cannot say what became of it: never do it again unseen.
    #[error("it is not known whether a transaction was committed")]
    Undecided(#[source] Source),
    /// The schema is of a newer version, which took a step that this one does not know.
    #[error("the database is of a newer version: it has taken the step {step}")]
    Newer { step: String },
    /// A stored row cannot be read: damaged, or written by a newer version.
    #[error("a stored {what} cannot be read")]
    Corrupt { what: &'static str },
    /// A sealed secret does not open with this master key.
    #[error("the master key does not fit this database")]
    MasterKey,
}

impl Error {
    /// Whether the database has looked at the rows and does not want them: the same again fails again, without one of them
    /// the others may not.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Refused(_) | Self::Corrupt { .. })
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Conflict(error.into()),
            _ if refuses(&error) => Self::Refused(error.into()),
            _ => Self::Unavailable(error.into()),
        }
    }
}

/// PostgreSQL, by class of SQLSTATE: data exceptions, integrity constraints, program limits (an index row too large).
const REFUSALS: [&str; 3] = ["22", "23", "54"];
/// SQLite, by primary result code: `SQLITE_TOOBIG`, `SQLITE_CONSTRAINT`, `SQLITE_MISMATCH`.
const SQLITE_REFUSALS: [i32; 3] = [18, 19, 20];

/// PostgreSQL's `lock_not_available`.
const LOCKED: &str = "55P03";

/// Whether somebody else holds what was to be locked, and `lock_timeout` has passed.
pub(crate) fn is_locked(error: &DbErr) -> bool {
    code(error).is_some_and(|code| code == LOCKED)
}

/// Whether the connection was found to have ended: by the server's administrator (class 57P), or without a word.
pub(crate) fn is_lost(error: &DbErr) -> bool {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(source))
        | DbErr::Query(RuntimeErr::SqlxError(source))
        | DbErr::Conn(RuntimeErr::SqlxError(source))
            if matches!(**source, sea_orm::sqlx::Error::Io(_)) =>
        {
            true
        }
        _ => code(error).is_some_and(|code| code.starts_with("57P")),
    }
}

fn code(error: &DbErr) -> Option<std::borrow::Cow<'_, str>> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(source)) | DbErr::Query(RuntimeErr::SqlxError(source)) => {
            source.as_database_error().and_then(DatabaseError::code)
        }
        _ => None,
    }
}

fn refuses(error: &DbErr) -> bool {
    let Some(code) = code(error) else { return false };
    // SQLSTATE has five characters; SQLite's codes are numbers, extended ones with the primary code in the lowest byte.
    match code.parse::<i32>() {
        Ok(number) if code.len() < 5 => SQLITE_REFUSALS.contains(&(number & 0xff)),
        _ => REFUSALS.contains(&code.get(..2).unwrap_or_default()),
    }
}
