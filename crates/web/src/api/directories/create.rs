//! `POST /directories`

use actix_web::post;
use actix_web::web::Data;
use model::secret::Secret;
use model::tenant::Directory;

use super::body::NewDirectory;
use super::view::CreatedDirectory;
use crate::Doors;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::api::once::{Made, Once};
use crate::openapi::schema;

/// Create a directory with its first bearer token.
#[utoipa::path(
    tag = "directories",
    responses(
        (status = 201, description = "The directory, and its token this once", body = CreatedDirectory),
        (status = 404, description = "There is no such organization in this environment", body = schema::Error),
        (status = 409, description = "The organization has too many directories", body = schema::Error),
    ),
)]
#[post("/directories")]
pub(super) async fn create_directory(
    doors: Data<Doors>,
    caller: ApiCaller,
    once: Once,
    body: Json<NewDirectory>,
) -> Answer {
    let (NewDirectory { organization_id, name, kind }, body) = body.read_whole().await?;
    let (broker, of) = (&doors.broker, caller.environment_id);
    let make = async |made: &Made| {
        let answer = |directory: &Directory, token: &Secret| {
            made.write(&CreatedDirectory::new(directory, token, &doors.settings))
        };
        broker.create_directory_once(of, &organization_id, (kind, &name), answer).await.map(drop)
    };
    once.make(broker, of, &body, make).await
}
