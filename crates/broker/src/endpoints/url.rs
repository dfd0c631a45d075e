//! Which URLs a webhook endpoint may have.
//!
//! A name's addresses are judged when something is sent there, not here: they change.

use model::address;
use url::{Host, Url};

use crate::Error;

/// Longest URL of an endpoint, in bytes.
pub const MAX_URL_LENGTH: usize = 2048;

/// How far webhooks may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// HTTPS to public addresses.
    Public,
    /// Plain HTTP and private addresses too: for development and closed networks.
    Private,
}

/// The URL as it was given, if it can be an endpoint's.
pub(super) fn check(text: &str, reach: Reach) -> Result<String, Error> {
    judge(text, reach).map_err(|message| Error::Invalid {
        code: "invalid_url",
        field: "endpoint_url",
        message: format!("endpoint_url {message}"),
    })?;
    Ok(text.to_owned())
}

fn judge(text: &str, reach: Reach) -> Result<(), String> {
    if text.len() > MAX_URL_LENGTH {
        return Err(format!("is longer than {MAX_URL_LENGTH} bytes"));
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("must not contain blanks or control characters".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("is not an absolute URL: {error}"))?;
    if !(url.scheme() == "https" || (url.scheme() == "http" && reach == Reach::Private)) {
        return Err("must begin with https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain credentials".to_owned());
    }
    if url.fragment().is_some() {
        return Err("must not have a fragment".to_owned());
    }
    let host = url.host().ok_or_else(|| "has no host".to_owned())?;
    if reach == Reach::Public { public(&host) } else { Ok(()) }
}

fn public(host: &Host<&str>) -> Result<(), String> {
    let checked = match host {
        Host::Ipv4(address) => address::check_public((*address).into()),
        Host::Ipv6(address) => address::check_public((*address).into()),
        Host::Domain(name) if is_localhost(name) => Err(address::Refusal("loopback")),
        Host::Domain(_) => Ok(()),
    };
    checked.map_err(|refusal| format!("cannot be reached: {refusal}"))
}

/// RFC 6761 section 6.3.
fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> (bool, bool) {
        (check(text, Reach::Public).is_ok(), check(text, Reach::Private).is_ok())
    }

    #[test]
    fn urls_are_judged() {
        let everywhere =
            ["https://a.example", "https://a.example:8443/x?y=1", "https://8.8.8.8/", "HTTPS://A.example/é"];
        let private = [
            "http://a.example/",
            "http://127.0.0.1:9000/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
            "https://localhost/",
            "https://x.LOCALHOST./",
        ];
        let nowhere = [
            "",
            "a.example/hooks",
            "/hooks",
            "https:///",
            "ftp://a.example/",
            "file:///etc/passwd",
            "https://u@a.example/",
            "https://u:p@a.example/",
            "https://:p@a.example/",
            "https://a.example/#x",
            "https://a.example/ x",
            "https://a.example/\nx",
            " https://a.example/",
            "https://a b/",
        ];
        let cases = [(&everywhere[..], (true, true)), (&private[..], (false, true)), (&nowhere[..], (false, false))];
        for (text, expected) in
            cases.iter().flat_map(|(texts, expected)| texts.iter().map(move |text| (text, expected)))
        {
            assert_eq!(verdict(text), *expected, "{text}");
        }
        let long = |length: usize| format!("https://a.example/{}", "x".repeat(length - 18));
        assert!(check(&long(MAX_URL_LENGTH), Reach::Public).is_ok());
        assert!(check(&long(MAX_URL_LENGTH + 1), Reach::Public).is_err());
    }
}
