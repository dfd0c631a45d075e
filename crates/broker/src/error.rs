//! Why a verb was not done or a read has no answer.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing in this environment; a foreign one looks the same.
    #[error("Could not find {what} with the id, {id}.")]
    NotFound { what: &'static str, id: String },
    /// Somebody else has it.
    #[error("{message}")]
    Conflict { code: &'static str, message: String },
    /// The request names something unusable.
    #[error("{message}")]
    Invalid { code: &'static str, field: &'static str, message: String },
    /// The database is away: try again.
    #[error("the service is not available")]
    Unavailable(#[source] store::Error),
}

impl Error {
    pub(crate) fn not_found(what: &'static str, id: impl std::fmt::Display) -> Self {
        Self::NotFound { what, id: format!("{id}") }
    }

    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { code: "invalid_request_parameters", field, message: message.into() }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Unavailable(error)
    }
}
