//! The devices that the user is signed in on.

use actix_web::{HttpResponse, web::Data};
use doorward_application::Actor;
use doorward_domain::{SessionId, session::Session};

use super::{AccountPage, PATH, Shell};
use crate::{
    edge::Edge,
    extract::{PathId, SignedIn},
    pages::{Done, done, signed_out},
    problem::{Code, Problem},
};

/// The live sessions.
pub(super) struct Devices {
    current: SessionId,
    /// That which looks at the page first, then the latest first.
    pub(super) sessions: Vec<Session>,
    /// What went wrong when one was to be ended.
    pub(super) alert: Option<String>,
}

impl Devices {
    /// Whether it is the one that looks at the page.
    pub(super) fn is_current(&self, session: &Session) -> bool {
        session.id == self.current
    }

    /// Whether there are others than the one that looks at the page.
    pub(super) fn are_several(&self) -> bool {
        self.sessions.iter().any(|session| !self.is_current(session))
    }
}

/// Those that there are.
pub(super) async fn load(edge: &Edge, actor: &Actor) -> Result<Devices, Problem> {
    let mut sessions = edge.app.sessions.list.execute(actor).await?;
    sessions.sort_by_key(|session| session.id != actor.session.id);
    Ok(Devices { current: actor.session.id, sessions, alert: None })
}

/// Ends a session. To end the one that asks is to sign out.
pub(crate) async fn end(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let id = SessionId::new(id);
    match edge.app.sessions.revoke.execute(&actor, id).await.map_err(Problem::from) {
        Ok(()) if id == actor.session.id => Ok(signed_out(&edge, Done::SignedOut)),
        Ok(()) => Ok(done(&edge, Done::SessionEnded, PATH)),
        Err(problem) => {
            let shell = shell.at(PATH);
            let tell = |page: &mut AccountPage<'_>, problem: &Problem| {
                let t = &page.shell.t;
                let text = match problem.code() {
                    Code::NotFound => &*t.account.no_such_session,
                    code => t.problem(code),
                };
                page.devices.alert = Some(text.to_owned());
            };
            Err(AccountPage::refused(&edge, &shell, &actor, problem, tell).await)
        }
    }
}

/// Ends every session but the one that asks.
pub(crate) async fn end_others(edge: Data<Edge>, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    edge.app.sessions.revoke_others.execute(&actor).await?;
    Ok(done(&edge, Done::SessionsEnded, PATH))
}
