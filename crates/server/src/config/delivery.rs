/// What webhooks may reach.
#[derive(clap::Args)]
#[command(next_help_heading = "Delivery")]
pub(crate) struct Delivery {
    /// Let webhooks go to private, loopback and link-local addresses too.
    #[arg(long, env = "ROLLCALL_ALLOW_PRIVATE_ENDPOINTS")]
    pub(crate) allow_private_endpoints: bool,
}
