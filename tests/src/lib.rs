#![doc = include_str!("../README.md")]

pub mod conformance;
mod database;
mod kafka;
mod postgres;
pub mod process;
pub mod replay;
pub mod servers;
pub mod setting;
mod template;
mod until;

pub use database::{Database, Kind};
pub use kafka::Topic;
pub use template::{EMPTY, Migration, Template};
pub use until::until;

/// Turns each of the named functions, `async fn(Database) -> Result<(), E>`, into a test on SQLite and a test on
/// PostgreSQL, in the modules `sqlite` and `postgres` (`tests/run` counts by these names). Each test gets a database of
/// its own: empty, or, where a [`Template`] stands first, a copy of it.
///
/// A function that is left out of the list is dead code, which the lints refuse.
#[macro_export]
macro_rules! on_each_database {
    (@cases $kind:ident, $template:path, $($case:ident)+) => {$(
        #[tokio::test]
        async fn $case() -> Result<(), Box<dyn std::error::Error>> {
            let database = $template.copy($crate::Kind::$kind).await?;
            Ok(super::$case(database).await?)
        }
    )+};
    ($template:ident: $($case:ident),+ $(,)?) => {
        mod sqlite { $crate::on_each_database!(@cases Sqlite, super::$template, $($case)+); }
        mod postgres { $crate::on_each_database!(@cases Postgres, super::$template, $($case)+); }
    };
    ($($case:ident),+ $(,)?) => {
        mod sqlite { $crate::on_each_database!(@cases Sqlite, $crate::EMPTY, $($case)+); }
        mod postgres { $crate::on_each_database!(@cases Postgres, $crate::EMPTY, $($case)+); }
    };
}

/// As [`on_each_database!`] with a [`Template`], and a third time on PostgreSQL with a topic of Kafka in [`Database::topic`], in
/// the module `postgres_kafka`: for suites in which events go over the bus.
#[macro_export]
macro_rules! on_each_bus {
    ($template:ident: $($case:ident),+ $(,)?) => {
        $crate::on_each_database!($template: $($case),+);
        mod postgres_kafka {$(
            #[tokio::test(flavor = "multi_thread")]
            async fn $case() -> Result<(), Box<dyn std::error::Error>> {
                let database = super::$template.copy($crate::Kind::Postgres).await?.with($crate::Topic::new()?);
                Ok(super::$case(database).await?)
            }
        )+}
    };
    ($($case:ident),+ $(,)?) => {
        use $crate::EMPTY;
        $crate::on_each_bus!(EMPTY: $($case),+);
    };
}

/// Turns each of the named functions of the module above, which bring their servers themselves, into a test. Stands in a module
/// whose name says what they need, `postgres` or `postgres_kafka`.
#[macro_export]
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() -> Result<(), Box<dyn std::error::Error>> {
            Ok(super::$case().await?)
        }
    )+};
}
