//! `GET /auth/admin/users`

use actix_web::{HttpResponse, web::Data};
use doorward_application::{admin::UserQuery, page::PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ManagedUserBody;
use crate::{
    api::Success,
    edge::Edge,
    extract::{SignedIn, ValidQuery, from_text},
    problem::{Code, Problem},
};

/// Which users are wanted.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsersQuery {
    /// What the address, the username, the first, last or full name begins with, in whatever case.
    #[param(example = "jane")]
    search: Option<String>,
    /// `CANDIDATE`, `EMPLOYER` or `ADMIN`.
    #[param(example = "EMPLOYER")]
    role: Option<String>,
    /// `true` for those who are active, `false` for those who are deactivated.
    #[serde(deserialize_with = "from_text")]
    #[param(example = true)]
    active: Option<bool>,
    /// The `nextCursor` of the page before. It is good for the same filters alone.
    cursor: Option<String>,
    /// How many at the most: 1 to 200, 50 if nothing is said.
    #[serde(deserialize_with = "from_text")]
    #[param(example = 50, minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// A page of users, the latest first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsersBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    users: Vec<ManagedUserBody>,
    /// Where the next page begins; `null` on the last.
    #[schema(example = "AZifPnosfhGwoQwvS22OkPYyS3s4m7t2uVx0k9Q4zN0")]
    next_cursor: Option<String>,
}

pub(crate) const ERRORS: &[Code] = &[];

/// Lists users.
///
/// Every filter narrows.
#[utoipa::path(
    get, path = "/auth/admin/users", operation_id = "listUsers", tag = "Administration",
    params(UsersQuery),
    responses((status = 200, description = "A page of the users that match.", body = UsersBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidQuery(query): ValidQuery<UsersQuery>,
) -> Result<HttpResponse, Problem> {
    let query = UserQuery {
        search: query.search,
        role: query.role,
        active: query.active,
        page: PageRequest { cursor: query.cursor, limit: query.limit },
    };
    let page = edge.app.admin.list_users.execute(&actor, query).await?;
    let users = page.items.iter().map(ManagedUserBody::new).collect();
    Ok(HttpResponse::Ok().json(UsersBody { success: Success, users, next_cursor: page.next }))
}
