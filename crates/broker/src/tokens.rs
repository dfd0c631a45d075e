//! Directory tokens: create, list, revoke.

use model::Timestamp;
use model::answer::Answer;
use model::event::{EventType, StreamId, Subject};
use model::id::{DirectoryTokenId, EnvironmentId};
use model::secret::{Secret, SecretKind};
use model::tenant::{Directory, DirectoryToken};
use model::view::TokenEvent;
use store::Tx;

use crate::{Broker, Error, name, once};

/// How many tokens a directory may have alive.
pub const MAX_TOKENS: u64 = 10;
/// How many expired tokens stay listed, so that people see why an identity provider is refused; older ones are forgotten.
pub const MAX_EXPIRED_TOKENS: u64 = 10;

impl Broker {
    pub async fn list_tokens(&self, of: EnvironmentId, directory: &str) -> Result<Vec<DirectoryToken>, Error> {
        let directory = self.find_directory(of, directory).await?;
        Ok(self.store.directory(directory.id).list_tokens().await?)
    }

    /// Makes another token; the secret is shown this once.
    pub async fn create_token(
        &self,
        of: EnvironmentId,
        directory: &str,
        name: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<(DirectoryToken, Secret), Error> {
        self.create_token_once(of, directory, (name, expires_at), |_, _| None).await
    }

    /// [`Broker::create_token`], which keeps the answer to the request that made it.
    pub async fn create_token_once(
        &self,
        of: EnvironmentId,
        directory: &str,
        (name, expires_at): (&str, Option<Timestamp>),
        answer: impl FnOnce(&DirectoryToken, &Secret) -> Option<Answer>,
    ) -> Result<(DirectoryToken, Secret), Error> {
        let name = name::check(name)?;
        let (mut tx, mut directory) = self.hold_directory(of, directory).await?;
        if expires_at.is_some_and(|at| at.0 <= tx.now_ms) {
            return Err(Error::invalid("expires_at", "expires_at lies in the past"));
        }
        if tx.count_living_tokens(directory.id).await? >= MAX_TOKENS {
            let message = format!("A directory has at most {MAX_TOKENS} tokens; revoke one first.");
            return Err(Error::Conflict { code: "too_many_tokens", message });
        }
        tx.forget_expired_tokens(directory.id, MAX_EXPIRED_TOKENS).await?;
        let (token, secret) = self.add_token(&mut tx, &mut directory, &name, expires_at).await?;
        tx.update_directories(&[directory]);
        once::keep(&tx, of, answer(&token, &secret)).await?;
        tx.commit().await?;
        Ok((token, secret))
    }

    /// Revokes a token: it fails on the next request, on every node.
    pub async fn revoke_token(&self, of: EnvironmentId, directory: &str, token: &str) -> Result<(), Error> {
        let missing = || Error::not_found("a directory token", token);
        let (mut tx, mut directory) = self.hold_directory(of, directory).await?;
        let id: DirectoryTokenId = token.parse().map_err(|_| missing())?;
        let revoked = tx.delete_token(directory.id, id).await?.ok_or_else(missing)?;
        let data = TokenEvent::new(&revoked, directory.organization_id);
        let stream = StreamId::Organization(directory.organization_id);
        let what = (EventType::TokenRevoked, Subject::Directory(directory.id), false);
        directory.version = self.record(&mut tx, stream, what, &data)?;
        directory.tokens_version += 1;
        tx.update_directories(&[directory]);
        tx.commit().await?;
        Ok(())
    }

    /// Moves the directory's version, which is the caller's to write.
    pub(crate) async fn add_token(
        &self,
        tx: &mut Tx,
        directory: &mut Directory,
        name: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<(DirectoryToken, Secret), Error> {
        let secret = self.store.draw(|rng| Secret::generate(SecretKind::DirectoryToken, rng));
        let token = DirectoryToken {
            id: self.new_id(tx),
            directory_id: directory.id,
            name: name.to_owned(),
            suffix: secret.suffix(),
            created_at: Timestamp(tx.now_ms),
            last_used_at: None,
            expires_at,
        };
        tx.insert_token(directory, &token, &secret.hash()).await?;
        let stream = StreamId::Organization(directory.organization_id);
        let what = (EventType::TokenCreated, Subject::Directory(directory.id), false);
        let data = TokenEvent::new(&token, directory.organization_id);
        directory.version = self.record(tx, stream, what, &data)?;
        Ok((token, secret))
    }
}
