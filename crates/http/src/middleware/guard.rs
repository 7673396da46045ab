//! Who may pass to a route's handler.

use std::{any::Any, panic::AssertUnwindSafe, rc::Rc, time::Duration};

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    rt::time::timeout,
};
use doorward_application::Actor;
use doorward_domain::{Role, UserId};
use futures_util::FutureExt;

use super::{csrf, idempotency, visit::visit};
use crate::{
    edge::Edge,
    extract,
    problem::{Code, Problem},
    who::{Facing, Routed, Who},
};

/// How long a request may take, from the end of its head to the beginning of its answer. Its parts have bounds of their
/// own, all of them shorter; this is for the one that was forgotten.
const DEADLINE: Duration = Duration::from_secs(30);

/// Lets a request through to a route that is for `who`, and answers as the route does.
///
/// It stands around every route, so none can forget to ask: a handler behind [`Who::SignedIn`] does not begin without
/// an [`Actor`]. What panics or hangs inside ends here, as the answer to this one request.
pub(crate) async fn guard(
    who: Who,
    routed: Routed,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let facing = routed.facing;
    request.extensions_mut().insert(routed);
    let kept = request.request().clone();
    if facing == Facing::Person {
        return Ok(Box::pin(visit(who, request, next)).await);
    }
    let passed = async {
        csrf::check(Edge::of(request.request()), who, facing, request.method(), request.headers())?;
        let principal = match who {
            Who::Anyone | Who::SigningIn | Who::SigningUp | Who::Visitor => None,
            Who::SignedIn | Who::Admin => {
                let actor = extract::authenticate(request.request()).await?;
                Some(admit(who, actor, request.request())?)
            }
        };
        idempotency::once(who, principal, request, next).await
    };
    Ok(contained(passed).await.unwrap_or_else(|error| ServiceResponse::from_err(error, kept)))
}

/// What comes of this, of which a panic or a hang is an error like another.
pub(super) async fn contained<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match timeout(DEADLINE, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(done)) => done,
        Ok(Err(panic)) => Err(panicked(panic.as_ref()).into()),
        Err(late) => Err(Problem::new(Code::Unavailable).caused_by(late).into()),
    }
}

/// Lets the actor in to a route that is for `who`: the handler finds the actor there.
pub(super) fn admit(who: Who, actor: Actor, request: &HttpRequest) -> Result<UserId, Problem> {
    let (id, role) = (actor.user.id, actor.user.role);
    // First: a page that refuses somebody knows whom.
    request.extensions_mut().insert(Rc::new(actor));
    if who == Who::Admin && role != Role::Admin { Err(Code::Forbidden.into()) } else { Ok(id) }
}

fn panicked(panic: &(dyn Any + Send)) -> Problem {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem::new(Code::InternalError).caused_by(format!("a handler panicked: {}", text.unwrap_or("without a word")))
}
