use crate::output;

/// Prints the document as it is served at `/openapi.json`: JSON, whether `--json` was asked for or not.
pub(crate) fn run() -> anyhow::Result<()> {
    output::line(web::openapi::text())
}
