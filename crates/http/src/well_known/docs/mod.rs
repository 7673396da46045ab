//! The documentation, to be read in a browser. Nothing of it is loaded from elsewhere.

pub(crate) mod errors;
pub(crate) mod file;
pub(crate) mod page;

/// What these pages may do: run and show what comes from here. Swagger UI writes styles into its elements.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
