//! Who is calling: an application, by its API key.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use model::id::EnvironmentId;

use super::error::ApiError;
use crate::Doors;

/// An application with a valid key. It sees one environment.
pub(crate) struct ApiCaller {
    pub(crate) environment_id: EnvironmentId,
}

impl FromRequest for ApiCaller {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let doors = request.app_data::<Data<Doors>>().cloned();
        let key = bearer(request).map(str::to_owned);
        Box::pin(async move {
            let (Some(doors), Some(key)) = (doors, key) else { return Err(ApiError::unauthorized()) };
            let found = doors.authenticator.api_key(&key).await?;
            found.map(|environment_id| Self { environment_id }).ok_or_else(ApiError::unauthorized)
        })
    }
}

/// The token of `Authorization: Bearer …`; the scheme is compared without case (RFC 9110 section 11.1).
fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
