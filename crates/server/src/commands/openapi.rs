//! `doorward openapi`

/// Prints the description of the HTTP interface.
pub(crate) fn run() {
    println!("{}", doorward_http::openapi());
}
