//! Who is calling: the path's directory and the token must agree, else 401 (N4).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use broker::Remembered;
use broker::ingest::Refusal;
use model::id::{DirectoryId, OrganizationId};
use model::tenant::Directory;

use super::refusal::failed;
use crate::Doors;

/// What a write goes on with; whether it came from memory, to be asked again when the writer refuses it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer {
    pub(crate) organization_id: OrganizationId,
    pub(crate) directory_id: DirectoryId,
    pub(crate) tokens_version: i64,
    pub(crate) remembered: bool,
}

/// A request's credentials.
pub(crate) struct Credentials<'a> {
    external_key: &'a str,
    token: String,
}

impl<'a> Credentials<'a> {
    /// No header is like a wrong token.
    pub(crate) fn of(request: &HttpRequest, external_key: &'a str) -> Self {
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let well_formed = external_key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let external_key = if well_formed { external_key } else { "" };
        Self { external_key, token: token(header.unwrap_or_default()).to_owned() }
    }

    /// One statement, whatever is wrong.
    pub(crate) async fn directory(&self, doors: &Doors) -> Result<Directory, Refusal> {
        let found = doors.authenticator.directory(self.external_key, &self.token).await;
        found.map_err(|error| failed(&error))?.ok_or(Refusal::Unauthorized)
    }

    /// Without a statement when the token is remembered: the writer checks it again under the directory's lock.
    pub(crate) async fn writer(&self, doors: &Doors) -> Result<Writer, Refusal> {
        match doors.authenticator.remembered(self.external_key, &self.token) {
            Some(Remembered { organization_id, directory_id, tokens_version, .. }) => {
                Ok(Writer { organization_id, directory_id, tokens_version, remembered: true })
            }
            None => self.fresh_writer(doors).await,
        }
    }

    pub(crate) async fn fresh_writer(&self, doors: &Doors) -> Result<Writer, Refusal> {
        let Directory { organization_id, id, tokens_version, .. } = self.directory(doors).await?;
        Ok(Writer { organization_id, directory_id: id, tokens_version, remembered: false })
    }
}

/// `Bearer x`, `bearer x` or the bare token.
fn token(header: &str) -> &str {
    match header.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => header.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn takes_three_spellings() {
        for header in ["Bearer se_x", "bearer  se_x ", "se_x"] {
            assert_eq!(token(header), "se_x", "{header}");
        }
        assert_eq!(token("Basic se_x"), "Basic se_x");
    }
}
