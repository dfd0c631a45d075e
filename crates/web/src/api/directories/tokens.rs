//! `/directories/{id}/tokens`

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, post};
use model::id::DirectoryTokenId;
use model::query::Page;
use model::secret::Secret;
use model::tenant::DirectoryToken;

use super::body::NewToken;
use super::view::{CreatedToken, TokenList, TokenView};
use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::api::once::{Made, Once};
use crate::openapi::schema;

/// List the bearer tokens of a directory.
///
/// Oldest first, all of them: there are few.
#[utoipa::path(
    tag = "directories",
    responses((status = 200, description = "All tokens", body = TokenList)),
)]
#[get("/directories/{id}/tokens")]
pub(super) async fn list_directory_tokens(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    let items = doors.broker.list_tokens(caller.environment_id, &id).await?;
    let all = Page::<_, DirectoryTokenId> { items, before: None, after: None };
    answer::views(all, |token| TokenView::from(token))
}

/// Create another bearer token.
///
/// Several may be alive, so that an identity provider can be moved from one to the next.
#[utoipa::path(
    tag = "directories",
    responses(
        (status = 201, description = "The token, and its secret this once", body = CreatedToken),
        (status = 409, description = "The directory has too many tokens", body = schema::Error),
    ),
)]
#[post("/directories/{id}/tokens")]
pub(super) async fn create_directory_token(
    doors: Data<Doors>,
    caller: ApiCaller,
    id: Path<String>,
    once: Once,
    body: Json<NewToken>,
) -> Answer {
    let (NewToken { name, expires_at }, body) = body.read_whole().await?;
    let (broker, of) = (&doors.broker, caller.environment_id);
    let make = async |made: &Made| {
        let answer = |token: &DirectoryToken, secret: &Secret| {
            made.write(&CreatedToken { token: token.into(), bearer_token: secret.reveal().to_owned() })
        };
        broker.create_token_once(of, &id, (&name, expires_at), answer).await.map(drop)
    };
    once.make(broker, of, &body, make).await
}

/// Revoke a bearer token.
///
/// It opens nothing from the next request on.
#[utoipa::path(tag = "directories", responses((status = 204, description = "It is revoked")))]
#[delete("/directories/{id}/tokens/{token_id}")]
pub(super) async fn revoke_directory_token(
    doors: Data<Doors>,
    caller: ApiCaller,
    ids: Path<(String, String)>,
) -> Answer {
    let (directory, token) = ids.into_inner();
    doors.broker.revoke_token(caller.environment_id, &directory, &token).await?;
    Ok(HttpResponse::new(StatusCode::NO_CONTENT))
}
