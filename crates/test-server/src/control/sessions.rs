//! Sessions that nobody typed a password for.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use doorward_testkit::server::{TestServer, TestSession};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Answer;

/// Who is to be signed in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Who {
    /// The address, the username or the id.
    user: String,
    user_agent: Option<String>,
}

/// The tokens, as doorward's own sign-in shows them.
pub(super) fn tokens(session: &TestSession) -> Value {
    json!({
        "accessToken": session.access_token,
        "refreshToken": session.refresh_token,
        "tokenType": "Bearer",
        "expiresIn": session.expires_in,
        "refreshExpiresIn": session.refresh_expires_in,
    })
}

pub(super) async fn open(server: Data<TestServer>, who: Json<Who>) -> Answer {
    let Who { user, user_agent } = who.into_inner();
    let session = match user_agent {
        Some(user_agent) => server.sign_in_with(&user, &user_agent).await?,
        None => server.sign_in(&user).await?,
    };
    Ok(HttpResponse::Created().json(json!({ "userId": session.user_id, "tokens": tokens(&session) })))
}
