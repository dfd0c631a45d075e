//! Who is calling: the path's directory and the token must agree, else 401 (N4).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use broker::Remembered;
use broker::ingest::Refusal;
use model::id::{DirectoryId, OrganizationId};
use model::settings::DirectorySettings;
use model::tenant::Directory;

use super::refusal::failed;
use crate::Doors;

/// What a write goes on with; whether it came from memory, to be asked again when the writer refuses it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer {
    pub(crate) organization_id: OrganizationId,
    pub(crate) directory_id: DirectoryId,
    pub(crate) tokens_version: i64,
    pub(crate) settings: DirectorySettings,
    pub(crate) remembered: bool,
}

/// A request's credentials.
pub(crate) struct Credentials<'a> {
    external_key: &'a str,
    token: String,
    /// It came without its scheme.
    bare: bool,
}

impl<'a> Credentials<'a> {
    /// No header is like a wrong token.
    pub(crate) fn of(request: &HttpRequest, external_key: &'a str) -> Self {
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let well_formed = external_key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let external_key = if well_formed { external_key } else { "" };
        let (token, bare) = token(header.unwrap_or_default());
        Self { external_key, token: token.to_owned(), bare }
    }

    /// One statement, whatever is wrong.
    pub(crate) async fn directory(&self, doors: &Doors) -> Result<Directory, Refusal> {
        let found = doors.authenticator.directory(self.external_key, &self.token).await;
        let found = found.map_err(|error| failed(&error))?;
        found.filter(|directory| self.may_be_bare(directory.settings)).ok_or(Refusal::Unauthorized)
    }

    fn may_be_bare(&self, settings: DirectorySettings) -> bool {
        !self.bare || settings.effective().bare_token
    }

    /// Without a statement when the token is remembered: the writer checks it again under the directory's lock.
    pub(crate) async fn writer(&self, doors: &Doors) -> Result<Writer, Refusal> {
        match doors.authenticator.remembered(self.external_key, &self.token) {
            Some(Remembered { organization_id, directory_id, tokens_version, settings, .. })
                if self.may_be_bare(settings) =>
            {
                Ok(Writer { organization_id, directory_id, tokens_version, settings, remembered: true })
            }
            _ => self.fresh_writer(doors).await,
        }
    }

    pub(crate) async fn fresh_writer(&self, doors: &Doors) -> Result<Writer, Refusal> {
        let Directory { organization_id, id, tokens_version, settings, .. } = self.directory(doors).await?;
        Ok(Writer { organization_id, directory_id: id, tokens_version, settings, remembered: false })
    }
}

/// Of `Bearer x`, `bearer x` or the bare token; and whether it was bare.
fn token(header: &str) -> (&str, bool) {
    match header.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => (token.trim(), false),
        _ => (header.trim(), true),
    }
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn takes_three_spellings() {
        for (header, bare) in [("Bearer se_x", false), ("bearer  se_x ", false), ("se_x", true)] {
            assert_eq!(token(header), ("se_x", bare), "{header}");
        }
        assert_eq!(token("Basic se_x"), ("Basic se_x", true));
    }
}
