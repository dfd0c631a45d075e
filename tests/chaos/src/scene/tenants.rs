use anyhow::{Context, Result};
use serde_json::Value;
use simulator::Target;

use super::{Member, Role, Scene};
use crate::subscription::Subscription;

/// An environment, with its application.
pub struct Tenant {
    pub environment: String,
    pub key: String,
    /// Two of each organization, through different nodes: they share a stream.
    pub directories: Vec<(String, Target)>,
    pub subscription: Subscription,
}

impl Tenant {
    pub(super) async fn settle(scene: &Scene, name: &str) -> Result<Self> {
        let made = async |command: &[&str], key: &str| text(&scene.desk.run(command).await?, key);
        let environment = made(&["environment", "create", "--name", name], "id").await?;
        let key = made(&["api-key", "create", "--environment", &environment, "--name", "app"], "value").await?;
        let mut directories = Vec::new();
        for organization in ["North", "South"] {
            let organization = ["organization", "create", "--environment", &environment, "--name", organization];
            let organization = made(&organization, "id").await?;
            for ingress in scene.of(Role::Ingress) {
                let create =
                    ["directory", "create", "--organization", &organization, "--type", "okta", "--name", "People"];
                directories.push(directory(&scene.desk.run(&create).await?, ingress)?);
            }
        }
        let subscription = Subscription::take(&scene.client, &scene.api(), &key).await?;
        Ok(Self { environment, key, directories, subscription })
    }
}

fn directory(made: &Value, ingress: &Member) -> Result<(String, Target)> {
    let endpoint = text(made, "scim_endpoint")?;
    let path = endpoint.split_once("/scim/").context("scim_endpoint")?.1;
    let scim = format!("{}/scim/{path}", ingress.url()).parse()?;
    Ok((text(made, "id")?, Target { scim, token: text(made, "bearer_token")? }))
}

fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key].as_str().with_context(|| format!("no {key} in {value}"))?.to_owned())
}
