//! A request that comes again is answered, not done again: its answer is kept in the transaction that does it.

use model::answer::Answer;
use model::id::EnvironmentId;
use store::Tx;

use crate::{Broker, Error};

/// Longest key of a request, in bytes.
pub const MAX_IDEMPOTENCY_KEY_LENGTH: usize = 255;

/// The field that a reused key is blamed on.
const FIELD: &str = "Idempotency-Key";

impl Broker {
    /// The answer to this request, if it was done before. It is kept for [`model::answer::ANSWER_LIFETIME_MS`] at least.
    ///
    /// # Errors
    /// [`Error::Invalid`]: another request came with this key.
    pub async fn find_answer(
        &self,
        of: EnvironmentId,
        key: &str,
        fingerprint: &[u8; 32],
    ) -> Result<Option<Answer>, Error> {
        let found = self.reader(of).find_answer(key).await?;
        if found.as_ref().is_some_and(|answer| answer.fingerprint != *fingerprint) {
            let message = format!("Another request was made with this {FIELD}: {key}.");
            return Err(Error::Invalid { code: "idempotency_key_reused", field: FIELD, message });
        }
        Ok(found)
    }
}

/// Keeps the answer, if there is one to keep.
pub(crate) async fn keep(tx: &Tx, of: EnvironmentId, answer: Option<Answer>) -> Result<(), Error> {
    match answer {
        Some(answer) => Ok(tx.insert_answer(of, &answer).await?),
        None => Ok(()),
    }
}
