//! What a caller asks: query parameters and JSON bodies, as leniently as SDKs need (`workos-contract.md` 1.3).
//!
//! [`Query`] and [`Json`] are extractors that read nothing; a handler reads them once it knows who is calling, so that a
//! stranger hears 401 whatever else is wrong.

mod body;
mod fields;
mod paging;
mod params;
mod query;

pub(crate) use body::Json;
pub use body::MAX_BODY_BYTES;
pub(crate) use fields::{Fields, ReadBody};
pub use paging::MAX_LIMIT;
pub(crate) use paging::{Paging, limit};
pub(crate) use params::{Params, nobody};
pub(crate) use query::{Query, ReadQuery};
