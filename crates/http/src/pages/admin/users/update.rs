//! `POST /admin/users/{id}`: changes a person's names and profile.

use actix_web::{HttpResponse, web::Data};
use doorward_domain::UserId;

use super::{
    path,
    view::{Refused, refused},
};
use crate::{
    edge::Edge,
    extract::{Form as Posted, PathId, SignedIn},
    pages::{Done, Shell, done, profile_form::ProfileFields},
    problem::Problem,
};

/// Changes them.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
    Posted(form): Posted<ProfileFields>,
) -> Result<HttpResponse, Problem> {
    let id = UserId::new(id);
    match form.save_of(&edge, &actor, id).await {
        Ok(()) => Ok(done(&edge, Done::UserSaved, &path(id))),
        Err(problem) => Err(refused(&edge, shell, &actor, id, problem, Refused::Profile(&form)).await),
    }
}
