//! The user's data, as a file.

use actix_web::{HttpResponse, web::Data};

use crate::{api::me::export, edge::Edge, extract::SignedIn, problem::Problem};

/// Hands over all that is stored of the user, as the API does. It stands in the audit log, so no link on another site
/// does it.
pub(crate) async fn submit(edge: Data<Edge>, actor: SignedIn) -> Result<HttpResponse, Problem> {
    export::handle(edge, actor).await
}
