//! The query string as an extractor.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::params::Params;
use crate::api::error::ApiError;

/// A query string that is read as `T`. (Its documentation wants `T` in the handler's `params(..)` as well.)
pub(crate) struct Query<T> {
    text: String,
    kind: PhantomData<fn() -> T>,
}

pub(crate) trait ReadQuery: Sized {
    fn read(params: &Params) -> Result<Self, ApiError>;
}

impl<T: ReadQuery> Query<T> {
    pub(crate) fn read(&self) -> Result<T, ApiError> {
        T::read(&Params::parse(&self.text)?)
    }
}

impl<T> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self { text: request.query_string().to_owned(), kind: PhantomData }))
    }
}
