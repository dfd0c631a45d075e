//! PostgreSQL ends connections, restarts, and takes no writes for a while: what a client notices of it, and what not.

use std::time::Duration;

use anyhow::{Result, ensure};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tests::process::Node;
use tests::servers::Postgres;
use tests::{Database, until};

use crate::tenant::{Feed, House, Tenant};

/// How soon all goes on once the database does.
const SOON: Duration = Duration::from_secs(15);

mod postgres {
    tests::cases!(connections_that_ended_are_not_noticed, what_cannot_be_written_is_503, a_restart_is_waited_for);
}

/// On a server of its own.
struct Scene {
    server: Postgres,
    house: House,
    tenant: Tenant,
    feed: Feed,
}

impl Scene {
    async fn set() -> Result<Self> {
        let server = Postgres::start("").await?;
        let house = House::of(Node::on(&Database::elsewhere(server.url())).await?).await?;
        let tenant = house.tenant().await?;
        let feed = house.feed(&tenant).await?;
        Ok(Self { server, house, tenant, feed })
    }

    async fn create(&self, name: &str) -> Result<Response> {
        self.house.scim(&self.feed, Method::POST, "/Users", Some(json!({"userName": name}))).await
    }

    /// What each door answers to a read and to a write.
    async fn knock(&self, name: &str) -> Result<[StatusCode; 4]> {
        let organization = Some(json!({"name": name}));
        Ok([
            self.create(name).await?.status(),
            self.house.scim(&self.feed, Method::GET, "/Users?count=1", None).await?.status(),
            self.house.api(&self.tenant, Method::POST, "/organizations", organization).await?.status(),
            self.house.api(&self.tenant, Method::GET, "/directory_users?limit=1", None).await?.status(),
        ])
    }
}

const WELL: [StatusCode; 4] = [StatusCode::CREATED, StatusCode::OK, StatusCode::CREATED, StatusCode::OK];

async fn connections_that_ended_are_not_noticed() -> Result<()> {
    let scene = Scene::set().await?;
    for n in 0..5 {
        scene.server.kill_connections().await?;
        assert_eq!(scene.knock(&format!("user{n}")).await?, WELL, "{n}");
    }
    Ok(())
}

async fn what_cannot_be_written_is_503() -> Result<()> {
    let scene = Scene::set().await?;
    assert_eq!(scene.knock("before").await?, WELL);
    let read_only = async |is: &str| -> Result<()> {
        let sql = format!("ALTER DATABASE rollcall SET default_transaction_read_only = {is}");
        scene.server.psql("postgres", &sql).await?;
        scene.server.kill_connections().await
    };
    read_only("on").await?;
    let refused = scene.create("meanwhile").await?;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    ensure!(refused.headers().contains_key("retry-after"));
    let said: Value = refused.json().await?;
    assert_eq!(
        (&said["status"], &said["schemas"][0]),
        (&"503".into(), &"urn:ietf:params:scim:api:messages:2.0:Error".into())
    );
    let body = Some(json!({"name": "Meanwhile"}));
    let refused = scene.house.api(&scene.tenant, Method::POST, "/organizations", body).await?;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    ensure!(refused.headers().contains_key("retry-after"));
    assert_eq!(scene.knock("reads").await?[1..2], WELL[1..2]);
    assert_eq!(scene.knock("reads").await?[3], WELL[3]);
    let ready = scene.house.client.get(format!("{}/readyz", scene.house.serving.url())).send().await?;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let parts: Value = ready.json().await?;
    assert_eq!((&parts["database"], &parts["writable"]), (&true.into(), &false.into()));
    read_only("off").await?;
    assert_eq!(scene.knock("after").await?, WELL);
    // Nothing came of what was refused.
    let found =
        scene.house.scim(&scene.feed, Method::GET, "/Users?filter=userName%20eq%20%22meanwhile%22", None).await?;
    assert_eq!(found.json::<Value>().await?["totalResults"], 0);
    Ok(())
}

async fn a_restart_is_waited_for() -> Result<()> {
    let scene = Scene::set().await?;
    assert_eq!(scene.knock("before").await?, WELL);
    scene.server.stop().await?;
    for status in scene.knock("meanwhile").await? {
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    }
    scene.server.up().await?;
    let mut names = (0..).map(|n| format!("after{n}"));
    let well = until("all to be well again", SOON, async || {
        let name = names.next()?;
        (scene.knock(&name).await.ok()? == WELL).then_some(())
    });
    well.await
}
