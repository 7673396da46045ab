//! Who may pass to a route's handler.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    rt::time::timeout,
};
use doorward_domain::Role;
use futures_util::FutureExt;

use super::{csrf, idempotency};
use crate::{
    edge::Edge,
    extract,
    problem::{Code, Problem},
    who::Who,
};

/// How long a request may take, from the end of its head to the beginning of its answer. Its parts have bounds of their
/// own, all of them shorter; this is for the one that was forgotten.
const DEADLINE: Duration = Duration::from_secs(30);

/// Lets a request through to a route that is for `who`.
///
/// It stands around every route, so none can forget to ask: a handler behind [`Who::SignedIn`] does not begin without
/// an [`Actor`](doorward_application::Actor). What panics or hangs inside ends here, as the answer to this one request.
pub(crate) async fn guard(
    who: Who,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let kept = request.request().clone();
    let passed = AssertUnwindSafe(async {
        csrf::check(Edge::of(request.request()), who, request.method(), request.headers())?;
        let principal = match who {
            Who::Anyone | Who::SigningIn | Who::SigningUp | Who::Form => None,
            Who::SignedIn | Who::Admin => {
                let actor = extract::authenticate(request.request()).await?;
                if who == Who::Admin && actor.user.role != Role::Admin {
                    return Err(Problem::new(Code::Forbidden).into());
                }
                let id = actor.user.id;
                request.extensions_mut().insert(actor);
                Some(id)
            }
        };
        idempotency::once(who, principal, request, next).await
    });
    Ok(match timeout(DEADLINE, passed.catch_unwind()).await {
        Ok(Ok(answered)) => answered.unwrap_or_else(|error| ServiceResponse::from_err(error, kept)),
        Ok(Err(panic)) => ServiceResponse::from_err(panicked(panic.as_ref()), kept),
        Err(late) => ServiceResponse::from_err(Problem::new(Code::Unavailable).caused_by(late), kept),
    })
}

fn panicked(panic: &(dyn Any + Send)) -> Problem {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem::new(Code::InternalError).caused_by(format!("a handler panicked: {}", text.unwrap_or("without a word")))
}
