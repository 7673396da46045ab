//! `doorward openapi`

use crate::output::print;

/// Prints the description of the HTTP interface.
pub(crate) fn run() -> anyhow::Result<()> {
    print(doorward_http::openapi())
}
