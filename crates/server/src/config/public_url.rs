use url::Url;

/// What Rollcall is called from outside.
#[derive(clap::Args)]
#[command(next_help_heading = "Listening")]
pub(crate) struct PublicUrl {
    /// URL by which others reach it: makes `scim_endpoint` and `meta.location`. When nothing is said: `http://ADDRESS`.
    #[arg(long, env = "ROLLCALL_PUBLIC_URL", value_name = "URL", value_parser = base)]
    pub(crate) public_url: Option<String>,
}

/// A base that paths are appended to: no slash at its end.
fn base(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("it must begin with http:// or https:// and a host".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err("it must have no user, query or fragment".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
