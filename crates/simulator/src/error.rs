use std::io;

use thiserror::Error;
use url::Url;

/// Why nothing could be started. What goes wrong afterwards is part of a summary or report.
#[derive(Debug, Error)]
pub enum Error {
    /// Neither http nor https, or no host.
    #[error("not an http or https address: {0}")]
    Scheme(Url),
    /// TLS needs the machine's certificates.
    #[error("the machine's root certificates cannot be read")]
    Certificates(#[source] io::Error),
    #[error("cannot connect to {0}")]
    Connect(String, #[source] io::Error),
    /// The receiver's address is taken or not ours.
    #[error("cannot listen on {0}")]
    Listen(std::net::SocketAddr, #[source] io::Error),
}
