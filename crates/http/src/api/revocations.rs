//! `GET /auth/revocations`

use std::{convert::Infallible, str::FromStr, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use doorward_application::{App, revocations::SignedPage};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::Success,
    edge::Edge,
    extract::{Parameter, ValidQuery, from_text},
    problem::{Code, Problem},
};

/// A page of the revocation feed.
#[derive(Serialize, ToSchema)]
pub(crate) struct RevocationsBody<'a> {
    #[schema(value_type = bool, example = true)]
    success: Success,
    /// The page: a JWS (RFC 7515) of type `revocations+jwt`, signed by a key of the JWKS. Its payload has `iss`,
    /// `iat`, `after` (the cursor asked with), `next` (the cursor to ask with next), `complete` (whether that was
    /// all), `retention` (for how many seconds an entry matters) and `entries`: `{"sid"}` of a session that has ended
    /// and `{"sub", "epoch"}` of a subject whose tokens of an earlier epoch are stale, both by the SHA-256 of the claim
    /// in base64url, or `{"kid"}` of a key that was revoked.
    #[schema(
        example = "eyJhbGciOiJFUzI1NiIsInR5cCI6InJldm9jYXRpb25zK2p3dCIsImtpZCI6Iks1VjdjMGRZM21RIn0.eyJpc3MiOiJo…"
    )]
    revocations: &'a str,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RevocationsParameters {
    /// The cursor of the page before, its `next`. Without one: everything that still matters.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<String>, example = "12")]
    after: Option<u64>,
    /// For how many seconds to wait for something to tell: 0 to 25.
    #[serde(default, deserialize_with = "from_text")]
    #[param(value_type = Option<u32>, maximum = 25)]
    wait: Option<Wait>,
}

/// A number of seconds, fewer than a request may take altogether.
struct Wait(Duration);

impl FromStr for Wait {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let seconds = text.parse().map_err(drop)?;
        (0..=25).contains(&seconds).then_some(Self(Duration::from_secs(seconds))).ok_or(())
    }
}

impl Parameter for Wait {
    const EXPECTED: &'static str = "This must be a whole number of seconds, 25 at the most.";
}

/// How often a stream says something, so that its reader knows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(10);
const EVENT_STREAM: &str = "text/event-stream";
const LAST_EVENT_ID: &str = "Last-Event-ID";

pub(crate) const ERRORS: &[Code] = &[];

/// Tells what has ended before its time: for services that verify access tokens themselves.
///
/// Public, because it names nobody: who holds a token knows its session's and its subject's digest, and nobody else does.
/// Asked for as `text/event-stream`, it is a stream of server-sent events, of which each is a page and its id is the
/// next cursor.
#[utoipa::path(
    get, path = "/auth/revocations", operation_id = "listRevocations", tag = "Operations", params(RevocationsParameters),
    responses((status = 200, description = "A page of the feed.", body = RevocationsBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    request: HttpRequest,
    ValidQuery(RevocationsParameters { after, wait }): ValidQuery<RevocationsParameters>,
) -> Result<HttpResponse, Problem> {
    let app = Arc::clone(&edge.app);
    let after = after.unwrap_or(0);
    if wants_stream(&request) {
        let resumed = request.headers().get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
        // The first page before the answer begins: if there is none, it is told by the status.
        let first = app.revocations.read_feed.execute(resumed.unwrap_or(after), Duration::ZERO).await?;
        return Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, EVENT_STREAM))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "Accept"))
            .streaming(events(app, first)));
    }
    let wait = wait.map_or(Duration::ZERO, |Wait(wait)| wait);
    let page = app.revocations.read_feed.execute(after, wait).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=1"))
        .insert_header((header::VARY, "Accept"))
        .json(RevocationsBody { success: Success, revocations: &page.jws }))
}

fn wants_stream(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| {
        let kind = kind.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case(EVENT_STREAM)
    })
}

/// One page after the other, until the server stops or cannot tell: then the reader asks again.
fn events(app: Arc<App>, first: SignedPage) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let last = first.next;
    let rest = stream::unfold((app, last), |(app, after)| async move {
        let feed = &app.revocations.read_feed;
        if feed.is_closed() {
            return None;
        }
        let page = feed.execute(after, HEARTBEAT).await.ok()?;
        let next = page.next;
        Some((Ok(event(&page)), (app, next)))
    });
    stream::StreamExt::chain(stream::once(async move { Ok(event(&first)) }), rest)
}

fn event(page: &SignedPage) -> Bytes {
    format!("id: {}\nevent: revocations\ndata: {}\n\n", page.next, page.jws).into()
}
