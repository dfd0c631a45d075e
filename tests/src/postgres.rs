//! The PostgreSQL server of a test run. One thread per test process holds one connection and carries out orders, so
//! that databases can be made and dropped from any runtime and from `Drop`.
//!
//! A database is named `rollcall_test_<owner>_<n>`, the owner being the server's process id of that connection. What a
//! killed process left behind is recognised by an owner that is no longer connected, and swept by the next one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, mpsc};
use std::thread;

use anyhow::{Context, Result, anyhow};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, PgConnection, Row};
use tokio::runtime::Runtime;
use url::Url;

use crate::setting::setting;

const VARIABLE: &str = "ROLLCALL_TEST_DATABASE_URL";

const LEFT_BEHIND: &str = "SELECT datname::text FROM pg_database WHERE datname LIKE 'rollcall\\_test\\_%' \
    AND split_part(datname, '_', 3) NOT IN (SELECT pid::text FROM pg_stat_activity WHERE pid <> pg_backend_pid())";

pub(crate) struct Server {
    url: Url,
    owner: i32,
    made: AtomicU64,
    orders: Mutex<mpsc::Sender<Order>>,
}

struct Order {
    sql: String,
    done: mpsc::Sender<Result<()>>,
}

static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();

pub(crate) fn server() -> Result<&'static Server> {
    SERVER.get_or_init(|| Server::connect().map_err(|e| format!("{e:#}"))).as_ref().map_err(|e| anyhow!("{e}"))
}

impl Server {
    fn connect() -> Result<Self> {
        let url = setting(VARIABLE).with_context(|| {
            format!("{VARIABLE} names no PostgreSQL server: run the suite with `tests/run`, which starts one")
        })?;
        let url = Url::parse(&url).with_context(|| format!("{VARIABLE} is no URL"))?;
        let (orders, received) = mpsc::channel();
        let (ready, owner) = mpsc::channel();
        let address = url.clone();
        thread::spawn(move || serve(&address, &ready, &received));
        let owner = owner.recv().context("the thread that makes databases has ended")??;
        Ok(Self { url, owner, made: AtomicU64::new(0), orders: Mutex::new(orders) })
    }

    /// A new database, a copy of `template`: its name and URL.
    pub(crate) fn create(&self, template: &str) -> Result<(String, String)> {
        let name = format!("rollcall_test_{}_{}", self.owner, self.made.fetch_add(1, Ordering::Relaxed));
        self.order(format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
        let mut url = self.url.clone();
        url.set_path(&name);
        Ok((name, url.into()))
    }

    /// Makes a database fit to be a template: nobody is connected to it, nor ever will be.
    pub(crate) fn seal(&self, name: &str) -> Result<()> {
        self.order(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"))?;
        self.order(format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"))
    }

    /// Waits, so that nothing is left when the process ends. A failure is no failure of the test: the next run sweeps.
    pub(crate) fn drop(&self, name: &str) {
        let _ = self.order(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    }

    fn order(&self, sql: String) -> Result<()> {
        let (done, answer) = mpsc::channel();
        let orders = self.orders.lock().map_err(|_| anyhow!("a test panicked while it gave an order"))?.clone();
        orders.send(Order { sql, done }).context("the thread that makes databases has ended")?;
        answer.recv().context("the thread that makes databases has ended")?
    }
}

/// The thread: says who it is once it is connected, then carries out orders.
fn serve(url: &Url, ready: &mpsc::Sender<Result<i32>>, orders: &mpsc::Receiver<Order>) {
    let connected = connect(url);
    let Ok((runtime, mut connection, owner)) = connected.map_err(|e| ready.send(Err(e))) else { return };
    let _ = ready.send(Ok(owner));
    for Order { sql, done } in orders {
        let _ = done.send(runtime.block_on(execute(&mut connection, sql)));
    }
}

fn connect(url: &Url) -> Result<(Runtime, PgConnection, i32)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut connection =
        runtime.block_on(PgConnection::connect(url.as_str())).with_context(|| format!("{VARIABLE}: {url}"))?;
    let owner = runtime.block_on(settle(&mut connection))?;
    Ok((runtime, connection, owner))
}

/// Sweeps what dead owners left, and says who this one is.
async fn settle(connection: &mut PgConnection) -> Result<i32> {
    for row in sqlx::raw_sql(LEFT_BEHIND).fetch_all(&mut *connection).await? {
        let name: String = row.try_get(0)?;
        // Two processes may sweep at once; the slower one finds it gone.
        let _ = execute(connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }
    Ok(sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(&mut *connection).await?.try_get(0)?)
}

/// `sql` is made of constants, names given out above, and nothing else.
async fn execute(connection: &mut PgConnection, sql: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(connection).await.with_context(|| sql)?;
    Ok(())
}
