//! `DELETE /auth/me`

use actix_web::{HttpResponse, web::Data};
use chrono::{DateTime, Utc};
use doorward_application::account::{DeleteAccountError, Deletion};
use doorward_domain::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    api::Success,
    edge::Edge,
    extract::{SignedIn, ValidJson},
    problem::{Code, Problem},
};

/// The password, once more.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteMeBody {
    #[serde(default)]
    #[schema(required, format = Password, example = "correct horse battery staple")]
    password: String,
}

/// When the account goes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedBody {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// A sentence that a person may be shown.
    #[schema(example = "Your account is going to be deleted. Until then you can sign in to keep it.")]
    message: &'static str,
    /// Until when a sign-in with `restore` keeps it; `null` if it is gone.
    #[schema(example = "2026-01-31T12:00:00.123456Z")]
    deletes_at: Option<DateTime<Utc>>,
}

pub(crate) const ERRORS: &[Code] =
    &[Code::InvalidCredentials, Code::LastAdmin, Code::TooManyAttempts, Code::PasswordStopped, Code::Overloaded];

impl From<DeleteAccountError> for Problem {
    fn from(error: DeleteAccountError) -> Self {
        match error {
            DeleteAccountError::Invalid(errors) => errors.into(),
            DeleteAccountError::WrongPassword => Code::InvalidCredentials.into(),
            DeleteAccountError::SessionEnded => Code::SessionEnded.into(),
            DeleteAccountError::LastAdmin => Code::LastAdmin.into(),
            DeleteAccountError::Fault(fault) => fault.into(),
        }
    }
}

/// Deletes the signed-in user's account.
///
/// Every session ends at once; cookies are cleared. The account itself goes after a grace, unless its owner signs in
/// with `restore` before.
#[utoipa::path(
    delete, path = "/auth/me", operation_id = "deleteMe", tag = "The signed-in user",
    request_body = DeleteMeBody,
    responses((status = 200, description = "Gone, or going to be.", body = DeletedBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    ValidJson(body): ValidJson<DeleteMeBody>,
) -> Result<HttpResponse, Problem> {
    let deletion = edge.app.account.delete.execute(&actor, &Secret::new(body.password)).await?;
    let (message, deletes_at) = match deletion {
        Deletion::Done => ("Your account is deleted.", None),
        Deletion::Due(at) => ("Your account is going to be deleted. Until then you can sign in to keep it.", Some(at)),
    };
    let body = DeletedBody { success: Success, message, deletes_at };
    Ok(edge.cookies().forget(&mut HttpResponse::Ok()).json(body))
}
