use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use tempfile::TempDir;

use super::*;

fn folder() -> (TempDir, Storage) {
    let folder = TempDir::new().unwrap();
    let storage = Storage::embedded(&folder.path().join("data"));
    (folder, storage)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// What an error says, with its causes.
fn chain<T>(result: anyhow::Result<T>) -> String {
    format!("{:#}", result.err().unwrap())
}

#[tokio::test]
async fn makes_what_is_missing_for_its_owner_alone() {
    let (_folder, storage) = folder();
    let error = chain(open(&storage).await);
    assert!(
        error.contains("there is no ") && error.contains("rollcall.db") && error.contains("`rollcall migrate`"),
        "{error}"
    );
    assert!(!storage.data_dir.exists());
    make(&storage).await.unwrap().close().await.unwrap();
    let key = storage.data_dir.join("master.key");
    assert_eq!((mode(&storage.data_dir), mode(&key)), (0o700, 0o600));
    let made = fs::read_to_string(&key).unwrap();
    assert_eq!(made.trim_end().len(), 64);
    assert_eq!(fs::read_dir(&storage.data_dir).unwrap().filter(|it| is_draft(it.as_ref().unwrap())).count(), 0);

    make(&storage).await.unwrap().close().await.unwrap();
    open(&storage).await.unwrap().close().await.unwrap();
    assert_eq!(fs::read_to_string(&key).unwrap(), made, "a key is made once");
}

fn is_draft(entry: &fs::DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

#[tokio::test]
async fn a_folder_may_have_any_name() {
    let folder = TempDir::new().unwrap();
    let storage = Storage::embedded(&folder.path().join("100% of what?#"));
    make(&storage).await.unwrap().close().await.unwrap();
    assert!(storage.data_dir.join("rollcall.db").exists());
}

#[tokio::test]
async fn a_lost_key_is_not_replaced() {
    let (_folder, storage) = folder();
    make(&storage).await.unwrap().close().await.unwrap();
    fs::remove_file(storage.data_dir.join("master.key")).unwrap();
    let error = chain(make(&storage).await);
    assert!(error.contains("master.key is missing") && error.contains("put it back"), "{error}");
    let error = chain(open(&storage).await);
    assert!(error.contains("there is no ") && error.contains("put it back"), "{error}");
}

/// A database elsewhere may be another node's: a key that is made for it would be the wrong one.
#[tokio::test]
async fn a_key_that_is_elsewhere_is_asked_for() {
    let (folder, storage) = folder();
    let url = format!("sqlite://{}", folder.path().join("elsewhere.db").display());
    let error = chain(open(&Storage { database_url: Some(url), ..storage }).await);
    assert!(error.contains("master.key: name the key of this database by ROLLCALL_MASTER_KEY or"), "{error}");
}

#[tokio::test]
async fn a_key_that_is_none_is_told() {
    let (_folder, storage) = folder();
    make(&storage).await.unwrap().close().await.unwrap();
    fs::write(storage.data_dir.join("master.key"), "open sesame").unwrap();
    assert!(chain(open(&storage).await).contains("master.key: it must be 64 hexadecimal digits"));
}

#[tokio::test]
async fn a_foreign_key_is_told_before_anything_is_sealed_under_it() {
    let (_folder, storage) = folder();
    make(&storage).await.unwrap().close().await.unwrap();
    make(&storage).await.unwrap().close().await.unwrap();

    let other = storage.data_dir.join("other.key");
    fs::write(&other, "0".repeat(64)).unwrap();
    let foreign = Storage { master_key_file: Some(other), ..storage };
    for error in [chain(make(&foreign).await), chain(open(&foreign).await)] {
        let told = error.contains("other.key is refused") && error.contains("does not fit this database");
        assert!(told && error.contains("--master-key-file"), "{error}");
    }
}

/// The key that a stranger's folder got by that is taken back.
#[tokio::test]
async fn a_key_that_is_refused_is_not_kept() {
    let (folder, storage) = folder();
    make(&storage).await.unwrap().close().await.unwrap();
    let url = format!("sqlite://{}", storage.data_dir.join("rollcall.db").display());
    let stranger = Storage { database_url: Some(url), ..Storage::embedded(&folder.path().join("stranger")) };
    let error = chain(make(&stranger).await);
    assert!(error.contains("does not fit this database"), "{error}");
    assert!(stranger.data_dir.exists() && !stranger.data_dir.join("master.key").exists());
}

#[test]
fn one_serves_a_folder_and_says_where() {
    let (_folder, storage) = folder();
    assert_eq!(serving(&storage.data_dir), None);
    let mut lock = Lock::take(&storage.data_dir).unwrap();
    let error = chain(Lock::take(&storage.data_dir));
    assert!(error.contains("another `rollcall serve` runs on") && error.contains("/data"), "{error}");

    let mine = || Serving { process: 7, public_url: "http://h".to_owned() };
    lock.say(&mine()).unwrap();
    assert_eq!(serving(&storage.data_dir), Some(mine()));
    assert!(chain(Lock::take(&storage.data_dir)).contains("(process 7, http://h)"));

    drop(lock);
    assert_eq!(serving(&storage.data_dir), None, "what the last one said is no news");
    let _silent = Lock::take(&storage.data_dir).unwrap();
    assert_eq!(serving(&storage.data_dir), None, "nor is it before the next one says something");
}

#[test]
fn who_only_asks_keeps_nobody_from_serving() {
    let (_folder, storage) = folder();
    drop(Lock::take(&storage.data_dir).unwrap());
    let asking = File::open(storage.data_dir.join("serving.lock")).unwrap();
    asking.lock_shared().unwrap();
    thread::scope(|scope| {
        let taken = scope.spawn(|| Lock::take(&storage.data_dir).map(drop));
        drop(asking);
        taken.join().unwrap().unwrap();
    });
}

#[test]
fn a_database_is_named_without_its_password() {
    let named =
        |url: &str| database_name(&Storage { database_url: Some(url.to_owned()), ..Storage::embedded("d".as_ref()) });
    assert_eq!(named("postgres://user:secret@db.example:5432/rollcall?x=1"), "postgres://db.example/rollcall");
    assert_eq!(named("postgres://user:pa/ss@db.example/rollcall?password=x"), "postgres://db.example/rollcall");
    assert_eq!(named("sqlite:///var/x.db"), "sqlite:///var/x.db");
    assert_eq!(database_name(&Storage::embedded("d".as_ref())), "d/rollcall.db");
}
