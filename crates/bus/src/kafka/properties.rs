//! Settings of librdkafka that Rollcall has no opinion on.

use std::fmt;
use std::str::FromStr;

use rdkafka::ClientConfig;

use super::settings::Settings;

/// The names: <https://github.com/confluentinc/librdkafka/blob/v2.12.1/CONFIGURATION.md>. They may hold secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Properties(Vec<(String, String)>);

/// Names the line, never a value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PropertyError {
    #[error("line {0} is no `name=value`")]
    Form(usize),
    #[error("line {line}: Rollcall's order depends on `{name}`, which is not to be set")]
    Fixed { line: usize, name: String },
    #[error("line {line}: there is no `{name}`, or it does not take this value")]
    Unknown { line: usize, name: String },
}

impl Properties {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromStr for Properties {
    type Err = PropertyError;

    /// `name=value`, one a line; a line that begins with `#` is a remark.
    fn from_str(text: &str) -> Result<Self, PropertyError> {
        let lines = text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
        let properties = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
        properties.map(|(line, number)| property(line, number)).collect::<Result<_, _>>().map(Self)
    }
}

fn property(line: &str, number: usize) -> Result<(String, String), PropertyError> {
    let (name, value) = line.split_once('=').ok_or(PropertyError::Form(number))?;
    let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
    if Settings::is_fixed(&name) {
        return Err(PropertyError::Fixed { line: number, name });
    }
    let known = ClientConfig::new().set(&name, &value).create_native_config();
    known.map_err(|_| PropertyError::Unknown { line: number, name: name.clone() })?;
    Ok((name, value))
}

/// Names only.
impl fmt::Debug for Properties {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_managed_clusters_want_is_passed_on() {
        let text = "# managed\nsecurity.protocol = sasl_ssl\nsasl.mechanism=SCRAM-SHA-512\n\nsasl.username=a=b\n\
                    sasl.password=p;w,d\nssl.ca.pem=x\ncompression.type=lz4\n";
        let properties: Properties = text.parse().unwrap();
        let pairs: Vec<_> = properties.iter().collect();
        assert_eq!(pairs.len(), 6);
        assert_eq!(pairs[2], ("sasl.username", "a=b"));
        assert!(!format!("{properties:?}").contains("p;w,d"));
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let check = |text: &str, expected: &str| {
            assert_eq!(text.parse::<Properties>().unwrap_err().to_string(), expected);
        };
        check("a.word", "line 1 is no `name=value`");
        check("\nacks=1", "line 2: Rollcall's order depends on `acks`, which is not to be set");
        check(
            "bootstrap.servers=a:1",
            "line 1: Rollcall's order depends on `bootstrap.servers`, which is not to be set",
        );
        check("ssl.cipher=x", "line 1: there is no `ssl.cipher`, or it does not take this value");
        check("security.protocol=secret", "line 1: there is no `security.protocol`, or it does not take this value");
    }
}
