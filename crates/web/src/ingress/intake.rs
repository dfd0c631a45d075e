//! Room for the bodies in flight: what is read, parsed or waits to be written takes memory, and that is bounded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::Data;
use broker::ingest::Refusal;
use model::id::DirectoryId;

/// Bytes that the requests in flight on a node may hold; past it is 503.
pub const MAX_HELD_BYTES: usize = 512 * 1024 * 1024;
/// Bytes of them that one directory's requests may hold: enough for the largest body there is.
pub const MAX_HELD_BYTES_PER_DIRECTORY: usize = 128 * 1024 * 1024;

/// How much is held now. One per process.
#[derive(Debug, Default)]
pub(crate) struct Intake(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    all: usize,
    /// Directories that hold something.
    by_directory: HashMap<DirectoryId, usize>,
}

/// What one request holds, until it is dropped: when its write is answered, or with the request when it never gets there.
#[derive(Debug)]
pub(crate) struct Hold {
    intake: Arc<Intake>,
    directory: DirectoryId,
    bytes: usize,
}

impl Hold {
    pub(crate) fn new(intake: &Data<Intake>, directory: DirectoryId) -> Self {
        Self { intake: Arc::clone(intake), directory, bytes: 0 }
    }

    /// Takes room for so many bytes more; 503 when there is none.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        let mut held = self.intake.lock();
        let own = held.by_directory.get(&self.directory).copied().unwrap_or(0);
        if own + bytes > MAX_HELD_BYTES_PER_DIRECTORY || held.all + bytes > MAX_HELD_BYTES {
            return Err(Refusal::Unavailable);
        }
        held.all += bytes;
        held.by_directory.insert(self.directory, own + bytes);
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut held = self.intake.lock();
        held.all -= self.bytes;
        if let Some(own) = held.by_directory.get_mut(&self.directory) {
            *own -= self.bytes;
            if *own == 0 {
                held.by_directory.remove(&self.directory);
            }
        }
    }
}

impl Intake {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(n: u128) -> DirectoryId {
        DirectoryId::from_ulid(n.into())
    }

    fn hold(intake: &Data<Intake>, of: u128, bytes: usize) -> Result<Hold, Refusal> {
        let mut hold = Hold::new(intake, directory(of));
        hold.grow(bytes).map(|()| hold)
    }

    #[test]
    fn is_bounded_for_one_directory() {
        let intake = Data::new(Intake::default());
        let first = hold(&intake, 1, MAX_HELD_BYTES_PER_DIRECTORY - 1).unwrap();
        let mut second = hold(&intake, 1, 1).unwrap();
        assert_eq!(second.grow(1), Err(Refusal::Unavailable));
        assert!(hold(&intake, 2, 1).is_ok());
        drop(first);
        assert_eq!(second.grow(MAX_HELD_BYTES_PER_DIRECTORY - 1), Ok(()));
    }

    #[test]
    fn is_bounded_for_all_and_given_back() {
        let intake = Data::new(Intake::default());
        let directories = (MAX_HELD_BYTES / MAX_HELD_BYTES_PER_DIRECTORY) as u128;
        let full: Vec<_> = (1..=directories).map(|n| hold(&intake, n, MAX_HELD_BYTES_PER_DIRECTORY).unwrap()).collect();
        assert_eq!(hold(&intake, 99, 1).err(), Some(Refusal::Unavailable));
        drop(full);
        assert!(hold(&intake, 99, 1).is_ok());
        let held = intake.lock();
        assert!(held.all == 0 && held.by_directory.is_empty());
    }
}
