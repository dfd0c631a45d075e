use std::fmt;

use url::Url;

/// The SCIM endpoint of one directory: where an identity provider's administrator would paste base URL and token.
#[derive(Clone)]
pub struct Target {
    /// Base URL, with or without a trailing slash. A query in it is dropped: Entra's flags are meant for Entra itself.
    pub scim: Url,
    /// Bearer token of the directory.
    pub token: String,
}

impl Target {
    /// The base URL that resource paths such as `/Users` are appended to.
    pub(crate) fn base(&self) -> String {
        let mut bare = self.scim.clone();
        bare.set_query(None);
        bare.set_fragment(None);
        bare.as_str().trim_end_matches('/').to_owned()
    }

    /// The path of the base URL, without a trailing slash.
    pub(crate) fn path(&self) -> &str {
        self.scim.path().trim_end_matches('/')
    }

    /// `host:port`, as in a `Host` header and for a TCP connection.
    pub(crate) fn authority(&self) -> Option<String> {
        let port = self.scim.port_or_known_default()?;
        Some(format!("{}:{port}", self.scim.host_str()?))
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Target").field("scim", &self.scim.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Target {
        Target { scim: Url::parse(url).unwrap(), token: "se_secret".to_owned() }
    }

    #[test]
    fn the_base_url_works_with_slash_and_query() {
        for url in ["http://h:8/scim/v2.0/k", "http://h:8/scim/v2.0/k/", "http://h:8/scim/v2.0/k/?aadOptscim062020"] {
            assert_eq!(target(url).base(), "http://h:8/scim/v2.0/k");
            assert_eq!(target(url).path(), "/scim/v2.0/k");
        }
        assert_eq!(target("http://[::1]/scim").authority().as_deref(), Some("[::1]:80"));
    }

    #[test]
    fn the_token_is_not_printed() {
        assert!(!format!("{:?}", target("http://h/")).contains("se_secret"));
    }
}
