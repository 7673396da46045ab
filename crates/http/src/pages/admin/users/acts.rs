//! What is done to a person by a button: `POST /admin/users/{id}/…`.

use actix_web::{HttpResponse, web::Data};
use doorward_domain::UserId;

use super::{
    LIST, path,
    view::{Refused, refused},
};
use crate::{
    edge::Edge,
    extract::{PathId, SignedIn},
    pages::{Done, Shell, done, signed_out},
    problem::Problem,
};

macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident $use_case:ident.$execute:ident $done:ident $after:ident;)*) => {
        $(
            $(#[$doc])*
            pub(crate) async fn $act(
                edge: Data<Edge>,
                shell: Shell,
                SignedIn(actor): SignedIn,
                PathId(id): PathId,
            ) -> Result<HttpResponse, Problem> {
                let id = UserId::new(id);
                match edge.app.admin.$use_case.$execute(&actor, id).await.map_err(Problem::from) {
                    Ok(_) => Ok(After::$after.answer(&edge, actor.user.id == id, Done::$done, id)),
                    Err(problem) => Err(refused(&edge, shell, &actor, id, problem, Refused::Act).await),
                }
            }
        )*
    };
}

acts! {
    /// Keeps a person from signing in.
    deactivate deactivate_user.execute UserDeactivated WithoutSessions;
    /// Lets a deactivated person sign in again.
    activate activate_user.execute UserActivated Same;
    /// Sends a person the link to a new password.
    reset_password start_reset.execute ResetStarted Same;
    /// Ends a person's sessions.
    end_sessions user_sessions.end_all UserSessionsEnded WithoutSessions;
    /// Ends an account, at once and for good.
    delete delete_user.execute UserDeleted Gone;
}

/// How a person is left by what was done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// As before.
    Same,
    /// Signed out.
    WithoutSessions,
    /// Not there any more.
    Gone,
}

impl After {
    /// Goes on to the person, or to the others. Where administrators did it to themselves, they sign in again.
    fn answer(self, edge: &Edge, to_oneself: bool, what: Done, id: UserId) -> HttpResponse {
        if to_oneself && self != Self::Same {
            return signed_out(edge, what);
        }
        if self == Self::Gone { done(edge, what, LIST) } else { done(edge, what, &path(id)) }
    }
}
