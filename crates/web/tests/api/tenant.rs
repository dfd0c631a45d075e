//! An environment with its key, calling the API.

use std::rc::Rc;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use anyhow::{Result, anyhow};
use broker::ingest::{Answer, Request, Write};
use model::id::EnvironmentId;
use model::tenant::Directory;
use scim::{Lenience, Patch, Preconditions, schema};
use serde_json::{Value, json};

use crate::world::{Reply, World};

#[derive(Clone)]
pub(crate) struct Tenant {
    pub(crate) world: Rc<World>,
    pub(crate) environment: EnvironmentId,
    pub(crate) key: String,
}

impl Tenant {
    /// As Node and Python do, with a content type where there is no body.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<String>) -> Result<Reply> {
        let request = TestRequest::default()
            .insert_header(("authorization", format!("Bearer {}", self.key)))
            .insert_header(("content-type", "application/json"));
        let request = match body {
            Some(body) => request.set_payload(body),
            None => request,
        };
        self.world.send(method, path, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Reply> {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Reply> {
        self.call(Method::DELETE, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Result<Reply> {
        self.call(Method::POST, path, Some(body.to_string())).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Result<Reply> {
        self.call(Method::PUT, path, Some(body.to_string())).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Result<Reply> {
        self.call(Method::PATCH, path, Some(body.to_string())).await
    }

    /// The ids of a list's page.
    pub(crate) async fn ids(&self, path: &str) -> Result<Vec<String>> {
        let page = self.get(path).await?.expect(200)?;
        Ok(page["data"].as_array().into_iter().flatten().map(id).collect())
    }

    pub(crate) async fn organization(&self, name: &str) -> Result<String> {
        Ok(id(&self.post("/organizations", json!({ "name": name })).await?.expect(201)?))
    }

    /// A directory of an organization of its own.
    pub(crate) async fn directory(&self) -> Result<String> {
        let organization_id = self.organization("Acme").await?;
        let body = json!({ "organization_id": organization_id, "name": "People", "type": "generic scim v2.0" });
        Ok(id(&self.post("/directories", body).await?.expect(201)?))
    }

    /// A user, as an identity provider creates it.
    pub(crate) async fn user(&self, directory: &str, body: Value) -> Result<String> {
        let parsed = scim::resource::parse(&schema::USER, body, &Lenience::all())?;
        match self.write(directory, Request::CreateUser(parsed)).await? {
            Answer::User(answer) => Ok(answer.user.id.to_string()),
            other => Err(anyhow!("not a user: {other:?}")),
        }
    }

    pub(crate) async fn user_named(&self, directory: &str, name: &str) -> Result<String> {
        self.user(directory, json!({ "userName": name })).await
    }

    /// A group with these users.
    pub(crate) async fn group(&self, directory: &str, name: &str, users: &[&str]) -> Result<String> {
        let members: Vec<_> = users.iter().map(|user| json!({ "value": user })).collect();
        let body = json!({ "displayName": name, "members": members });
        let parsed = scim::resource::parse(&schema::GROUP, body, &Lenience::all())?;
        match self.write(directory, Request::CreateGroup(parsed)).await? {
            Answer::Group(answer) => Ok(answer.group.id.to_string()),
            other => Err(anyhow!("not a group: {other:?}")),
        }
    }

    pub(crate) async fn patch_user(&self, directory: &str, user: &str, body: Value) -> Result<()> {
        let patch = Patch::parse(&schema::USER, body, &Lenience::all())?;
        self.write(directory, Request::PatchUser(user.parse()?, patch)).await.map(drop)
    }

    pub(crate) async fn patch_group(&self, directory: &str, group: &str, body: Value) -> Result<()> {
        let patch = Patch::parse(&schema::GROUP, body, &Lenience::all())?;
        self.write(directory, Request::PatchGroup(group.parse()?, patch)).await.map(drop)
    }

    pub(crate) async fn delete_group(&self, directory: &str, group: &str) -> Result<()> {
        self.write(directory, Request::DeleteGroup(group.parse()?)).await.map(drop)
    }

    pub(crate) async fn delete_user(&self, directory: &str, user: &str) -> Result<()> {
        self.write(directory, Request::DeleteUser(user.parse()?)).await.map(drop)
    }

    async fn write(&self, directory: &str, request: Request) -> Result<Answer> {
        let directory = self.world.broker.find_directory(self.environment, directory).await?;
        let Directory { organization_id, id: directory_id, tokens_version, .. } = directory;
        let write = Write {
            organization_id,
            directory_id,
            tokens_version,
            preconditions: Preconditions::default(),
            request: request.into(),
        };
        Ok(self.world.writer.write(write).await?)
    }
}

pub(crate) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_default().to_owned()
}
