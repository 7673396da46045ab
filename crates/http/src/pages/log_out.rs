//! `/logout`: signs out, by the button that every page has.

use actix_web::{HttpResponse, web::Data};
use doorward_application::auth::LogOutError;

use super::{Done, signed_out};
use crate::{edge::Edge, extract::Client, problem::Problem};

/// Signs out, as far as somebody is signed in, and goes to the sign-in page.
pub(crate) async fn submit(edge: Data<Edge>, client: Client) -> Result<HttpResponse, Problem> {
    match edge.app.auth.log_out.execute(client.presented, client.device).await {
        // The browser forgets what is worth nothing, too.
        Ok(()) | Err(LogOutError::Unauthenticated) => {}
        Err(LogOutError::Fault(fault)) => return Err(fault.into()),
    }
    Ok(signed_out(&edge, Done::SignedOut))
}
