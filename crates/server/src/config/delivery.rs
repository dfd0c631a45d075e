/// Seconds that a webhook may take at most: a node sends only while its lease of 20 s outlasts a request.
const MAX_TIMEOUT: u64 = 10;

/// What webhooks may reach, and how long they may take.
#[derive(clap::Args)]
#[command(next_help_heading = "Delivery")]
pub(crate) struct Delivery {
    /// Let webhooks go to private, loopback and link-local addresses too.
    #[arg(long, env = "ROLLCALL_ALLOW_PRIVATE_ENDPOINTS")]
    pub(crate) allow_private_endpoints: bool,

    /// Seconds, from resolving the name to the end of the answer, after which a webhook counts as failed.
    #[arg(long, env = "ROLLCALL_WEBHOOK_TIMEOUT", value_name = "SECONDS", default_value_t = MAX_TIMEOUT,
        value_parser = clap::value_parser!(u64).range(1..=MAX_TIMEOUT))]
    pub(crate) webhook_timeout: u64,
}

impl Delivery {
    /// As everything in one process on this machine.
    pub(crate) const fn at_home() -> Self {
        Self { allow_private_endpoints: true, webhook_timeout: MAX_TIMEOUT }
    }
}
