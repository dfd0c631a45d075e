//! Directories: create, update, delete, and the reads.

use model::Timestamp;
use model::answer::Answer;
use model::event::{EventType, StreamId, Subject};
use model::id::{DirectoryId, EnvironmentId, ParkedId};
use model::query::{DirectoryFilter, Page, PageQuery};
use model::resource::Parked;
use model::secret::{self, Secret};
use model::settings::{DirectorySettings, SettingsChange};
use model::tenant::{Counters, Directory, DirectoryState, DirectoryType};
use model::view::DirectoryEvent;
use store::Tx;

use crate::{Broker, Error, name, once};

/// How many directories an organization may have.
pub const MAX_DIRECTORIES: usize = 100;
/// The name of the token that a directory is made with.
const FIRST_TOKEN: &str = "first";

impl Broker {
    pub async fn find_directory(&self, of: EnvironmentId, id: &str) -> Result<Directory, Error> {
        let missing = || Error::not_found("a directory", id);
        let parsed: DirectoryId = id.parse().map_err(|_| missing())?;
        self.reader(of).find_directory(parsed).await?.ok_or_else(missing)
    }

    pub async fn list_directories(
        &self,
        of: EnvironmentId,
        filter: &DirectoryFilter,
        page: PageQuery<DirectoryId>,
    ) -> Result<Page<Directory, DirectoryId>, Error> {
        Ok(self.reader(of).list_directories(filter, page).await?)
    }

    /// References that wait for a user who has not come yet, and the time now.
    pub async fn list_parked(
        &self,
        of: EnvironmentId,
        directory: &str,
        page: PageQuery<ParkedId>,
    ) -> Result<(Page<Parked, ParkedId>, Timestamp), Error> {
        let directory = self.find_directory(of, directory).await?;
        let page = self.reader(of).list_parked(directory.id, page).await?;
        Ok((page, Timestamp(self.store.now_ms())))
    }

    /// Makes a directory with its first bearer token, which is shown this once.
    pub async fn create_directory(
        &self,
        of: EnvironmentId,
        organization_id: &str,
        kind: DirectoryType,
        name: &str,
    ) -> Result<(Directory, Secret), Error> {
        self.create_directory_once(of, organization_id, (kind, name), |_, _| None).await
    }

    /// [`Broker::create_directory`], which keeps the answer to the request that made it.
    pub async fn create_directory_once(
        &self,
        of: EnvironmentId,
        organization_id: &str,
        (kind, name): (DirectoryType, &str),
        answer: impl FnOnce(&Directory, &Secret) -> Option<Answer>,
    ) -> Result<(Directory, Secret), Error> {
        let name = name::check(name)?;
        let organization_id = self.find_organization(of, organization_id).await?.id;
        let stream = StreamId::Organization(organization_id);
        let mut tx = self.store.begin(&[stream]).await?;
        let missing = || Error::not_found("an organization", organization_id);
        tx.get_organization(organization_id).await?.ok_or_else(missing)?;
        check_room(tx.list_directories(organization_id).await?.len())?;
        let now = Timestamp(tx.now_ms);
        let head = tx.heads.get_mut(&stream).ok_or_else(missing)?;
        head.sequence += 1;
        let mut directory = Directory {
            version: head.sequence,
            id: self.new_id(&tx),
            environment_id: of,
            organization_id,
            external_key: self.store.draw(secret::external_key),
            kind,
            state: DirectoryState::Validating,
            name,
            tokens_version: 0,
            counters: Counters::default(),
            settings: DirectorySettings::default(),
            created_at: now,
            updated_at: now,
        };
        let (_, secret) = self.add_token(&mut tx, &mut directory, FIRST_TOKEN, None).await?;
        tx.insert_directory(&directory);
        once::keep(&tx, of, answer(&directory, &secret)).await?;
        tx.commit().await?;
        Ok((directory, secret))
    }

    /// A node that remembers the settings of before finds out at its next write.
    pub async fn update_directory(
        &self,
        of: EnvironmentId,
        id: &str,
        name: Option<&str>,
        settings: &SettingsChange,
    ) -> Result<Directory, Error> {
        let (mut tx, before) = self.hold_directory(of, id).await?;
        let name = name.map(name::check).transpose()?.unwrap_or_else(|| before.name.clone());
        let mut directory = Directory { name, settings: before.settings.with(settings), ..before.clone() };
        if directory == before {
            return Ok(before);
        }
        if directory.settings != before.settings {
            directory.tokens_version += 1;
        }
        directory.version = Self::advance(&mut tx, &directory)?;
        directory.updated_at = Timestamp(tx.now_ms);
        tx.update_directories(std::slice::from_ref(&directory));
        tx.commit().await?;
        Ok(directory)
    }

    /// Records the one `dsync.deleted`; from then on its endpoint answers 401 and REST hides its rows.
    pub async fn delete_directory(&self, of: EnvironmentId, id: &str) -> Result<(), Error> {
        let (mut tx, directory) = self.hold_directory(of, id).await?;
        let retired = self.retire(&mut tx, directory)?;
        tx.update_directories(&[retired]);
        tx.commit().await?;
        Ok(())
    }

    /// Says that a directory goes; what it becomes is the caller's to write.
    pub(crate) fn retire(&self, tx: &mut Tx, mut directory: Directory) -> Result<Directory, Error> {
        let stream = StreamId::Organization(directory.organization_id);
        let what = (EventType::DirectoryDeleted, Subject::Directory(directory.id), true);
        directory.version = self.record(tx, stream, what, &DirectoryEvent::deleted(&directory))?;
        directory.state = DirectoryState::Deleting;
        directory.updated_at = Timestamp(tx.now_ms);
        Ok(directory)
    }

    /// The directory with its stream under lock.
    pub(crate) async fn hold_directory(&self, of: EnvironmentId, id: &str) -> Result<(Tx, Directory), Error> {
        let directory = self.find_directory(of, id).await?;
        let tx = self.store.begin(&[StreamId::Organization(directory.organization_id)]).await?;
        let live = |directory: &Directory| directory.state != DirectoryState::Deleting;
        let held = tx.get_directory(directory.id).await?.filter(live);
        Ok((tx, held.ok_or_else(|| Error::not_found("a directory", id))?))
    }

    /// Draws a sequence for a change without an event.
    pub(crate) fn advance(tx: &mut Tx, directory: &Directory) -> Result<i64, Error> {
        let stream = StreamId::Organization(directory.organization_id);
        let head = tx.heads.get_mut(&stream).ok_or_else(|| Error::not_found("an organization", stream))?;
        head.sequence += 1;
        Ok(head.sequence)
    }
}

/// Under the organization's stream, which everybody holds who makes a directory.
fn check_room(held: usize) -> Result<(), Error> {
    if held < MAX_DIRECTORIES {
        return Ok(());
    }
    let message = format!("An organization has at most {MAX_DIRECTORIES} directories; delete one first.");
    Err(Error::Conflict { code: "too_many_directories", message })
}
