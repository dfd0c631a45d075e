//! TLS to PostgreSQL, as the database's URL asks for it.

use std::path::Path;

use anyhow::{Result, ensure};
use tempfile::TempDir;
use tests::Database;
use tests::process::Node;
use tests::servers::Postgres;
use tokio::process::Command;

mod postgres {
    tests::cases!(the_url_says_how_the_server_is_known);
}

async fn openssl(folder: &Path, arguments: &str) -> Result<()> {
    let ran = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().await?;
    ensure!(ran.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&ran.stderr));
    Ok(())
}

/// An authority, and a server's certificate for 127.0.0.1 and no name.
async fn certificates() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("names"), "subjectAltName=IP:127.0.0.1\n")?;
    let key = "-newkey rsa:2048 -nodes -days 1";
    for made in [
        format!("req -x509 {key} -subj /CN=authority -keyout ca.key -out ca.crt"),
        "req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr".to_owned(),
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -extfile names -out server.crt"
            .to_owned(),
    ] {
        openssl(folder.path(), &made).await?;
    }
    Ok(folder)
}

async fn the_url_says_how_the_server_is_known() -> Result<()> {
    let (folder, server) = (certificates().await?, Postgres::start("").await?);
    for file in ["server.crt", "server.key"] {
        server.install(&folder.path().join(file), file).await?;
    }
    server.psql("postgres", "ALTER SYSTEM SET ssl = on").await?;
    server.stop().await?;
    server.up().await?;

    let authority = folder.path().join("ca.crt").display().to_string();
    let known = format!("{}?sslmode=verify-full&sslrootcert={authority}", server.url());
    let node = Node::on(&Database::elsewhere(known.clone())).await?;
    let serving = node.serve().await?;
    // Those of the pools, and the one that listens.
    let of = |ssl: &str| {
        format!(
            "SELECT count(*) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE application_name = 'rollcall' AND {ssl}"
        )
    };
    assert_eq!(server.psql("rollcall", &of("NOT ssl")).await?, "0");
    assert!(server.psql("rollcall", &of("ssl")).await?.parse::<u32>()? >= 3);
    ensure!(serving.terminate().await?.success(), "no orderly end");

    let migrate = async |url: String| Node::on(&Database::elsewhere(url)).await?.run(&["migrate", "--check"]).await;
    migrate(format!("{}?sslmode=require", server.url())).await?;
    for unknown in [known.replace("127.0.0.1", "localhost"), format!("{}?sslmode=verify-full", server.url())] {
        let refused = format!("{:#}", migrate(unknown.clone()).await.unwrap_err());
        assert!(refused.contains("certificate"), "{unknown}: {refused}");
    }
    Ok(())
}
