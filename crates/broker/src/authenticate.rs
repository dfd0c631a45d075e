//! Who is calling: the one place of the broker that looks across tenants.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use model::Timestamp;
use model::event::{EventType, StreamId, Subject};
use model::id::{DirectoryId, DirectoryTokenId, EnvironmentId, OrganizationId};
use model::secret::{Secret, SecretHash};
use model::settings::DirectorySettings;
use model::tenant::{Directory, DirectoryState};
use model::view::DirectoryEvent;
use store::System;

use crate::{Broker, Error};

/// A token's use is noted at most this often, in milliseconds.
const TOUCH_EVERY_MS: i64 = 60_000;
/// How many tokens are remembered at most; with one more all are forgotten, and asked again.
pub const MAX_REMEMBERED: usize = 10_000;

/// Authenticates, and remembers it for writes: those are checked again under the directory's lock.
pub struct Authenticator {
    broker: Broker,
    system: System,
    remembered: Mutex<HashMap<(String, SecretHash), Remembered>>,
}

/// A directory's write may go on with this; a revoked token is found by its version under the lock.
#[derive(Debug, Clone, Copy)]
pub struct Remembered {
    pub organization_id: OrganizationId,
    pub directory_id: DirectoryId,
    pub tokens_version: i64,
    pub settings: DirectorySettings,
    token_id: DirectoryTokenId,
    expires_at: Option<Timestamp>,
    /// When its use was noted last, or found to have been noted, by the node's clock.
    touched_at: Timestamp,
}

impl Authenticator {
    pub fn new(broker: Broker) -> Self {
        let system = broker.store.system();
        Self { broker, system, remembered: Mutex::default() }
    }

    /// The environment that an API key opens. One statement.
    pub async fn api_key(&self, key: &str) -> Result<Option<EnvironmentId>, Error> {
        Ok(self.system.environment_of_key(&Secret::from_text(key).hash()).await?)
    }

    /// The directory that a token opens at this key, in one statement whatever is wrong. Its first request links it. Its use is
    /// noted beside it, in a task of the runtime that this is called in.
    pub async fn directory(&self, external_key: &str, token: &str) -> Result<Option<Directory>, Error> {
        let hash = Secret::from_text(token).hash();
        let found = self.system.authenticate(external_key, &hash).await?;
        let now = Timestamp(self.broker.store.now_ms());
        let Some(found) = found.filter(|found| !expired(found.expires_at, now)) else {
            self.lock().remove(&(external_key.to_owned(), hash));
            return Ok(None);
        };
        if !found.last_used_at.is_some_and(|last| fresh(last, now)) {
            tokio::spawn(touch_beside(self.system.clone(), found.token_id, now));
        }
        let touched_at = Timestamp(self.broker.store.clock_ms());
        // The version of the statement that found the token: one that was revoked since is no longer good for a write.
        let tokens_version = found.directory.tokens_version;
        let directory = Directory { tokens_version, ..self.link(found.directory).await? };
        let (organization_id, directory_id) = (directory.organization_id, directory.id);
        let (token_id, expires_at, settings) = (found.token_id, found.expires_at, directory.settings);
        let remembered =
            Remembered { organization_id, directory_id, tokens_version, settings, token_id, expires_at, touched_at };
        self.remember((external_key.to_owned(), hash), remembered);
        Ok(Some(directory))
    }

    /// What a write may go on with, without a statement; [`Authenticator::directory`] if there is nothing. Its use is noted
    /// beside it, in a task of the runtime that this is called in.
    pub fn remembered(&self, external_key: &str, token: &str) -> Option<Remembered> {
        let key = (external_key.to_owned(), Secret::from_text(token).hash());
        let now = Timestamp(self.broker.store.now_ms());
        let mut remembered = self.lock();
        let known = remembered.get_mut(&key).filter(|known| !expired(known.expires_at, now))?;
        let clock = Timestamp(self.broker.store.clock_ms());
        if !fresh(known.touched_at, clock) {
            known.touched_at = clock;
            tokio::spawn(touch_beside(self.system.clone(), known.token_id, now));
        }
        Some(*known)
    }

    fn remember(&self, key: (String, SecretHash), known: Remembered) {
        keep(&mut self.lock(), key, known);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, SecretHash), Remembered>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `validating` becomes `linked`, once, with its event.
    async fn link(&self, directory: Directory) -> Result<Directory, Error> {
        if directory.state != DirectoryState::Validating {
            return Ok(directory);
        }
        let broker = &self.broker;
        let stream = StreamId::Organization(directory.organization_id);
        let mut tx = broker.store.begin(&[stream]).await?;
        let organization = tx.get_organization(directory.organization_id).await?;
        let Some(mut directory) = tx.get_directory(directory.id).await? else { return Ok(directory) };
        let (DirectoryState::Validating, Some(organization)) = (directory.state, organization) else {
            return Ok(directory);
        };
        directory.state = DirectoryState::Linked;
        directory.updated_at = Timestamp(tx.now_ms);
        let data = DirectoryEvent::activated(&directory, &organization.domains);
        let what = (EventType::DirectoryActivated, Subject::Directory(directory.id), false);
        directory.version = broker.record(&mut tx, stream, what, &data)?;
        tx.update_directories(std::slice::from_ref(&directory));
        tx.commit().await?;
        Ok(directory)
    }
}

/// When it fails, a use a minute later is noted.
async fn touch_beside(system: System, id: DirectoryTokenId, now: Timestamp) {
    if let Err(error) = system.touch_token(id, now).await {
        tracing::warn!(error = &error as &dyn std::error::Error, token = %id, "the use of a token was not noted");
    }
}

fn fresh(touched_at: Timestamp, now: Timestamp) -> bool {
    now.0 - touched_at.0 < TOUCH_EVERY_MS
}

fn keep<K: Eq + Hash>(memory: &mut HashMap<K, Remembered>, key: K, remembered: Remembered) {
    if memory.len() >= MAX_REMEMBERED && !memory.contains_key(&key) {
        memory.clear();
    }
    memory.insert(key, remembered);
}

fn expired(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_some_and(|at| at <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_holds_at_its_limit_and_begins_again_past_it() {
        let directory_id: DirectoryId = "directory_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        let token_id = "directory_token_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        let organization_id = "org_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        let touched_at = Timestamp(0);
        let settings = DirectorySettings::default();
        let (tokens_version, expires_at) = (1, None);
        let remembered =
            Remembered { organization_id, directory_id, tokens_version, settings, token_id, expires_at, touched_at };
        let mut memory = HashMap::new();
        (0..MAX_REMEMBERED).for_each(|key| keep(&mut memory, key, remembered));
        keep(&mut memory, 0, Remembered { tokens_version: 2, ..remembered });
        assert_eq!((memory.len(), memory[&0].tokens_version), (MAX_REMEMBERED, 2));
        keep(&mut memory, MAX_REMEMBERED, remembered);
        assert_eq!(memory.len(), 1);
        assert!(memory.contains_key(&MAX_REMEMBERED));
    }
}
