//! `GET /auth/revocations`

use std::{convert::Infallible, str::FromStr, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use doorward_application::revocations::{FeedStream, SignedPage};
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

pub(crate) const ERRORS: &[Code] = &[Code::Overloaded];

/// Tells what has ended before its time: for services that verify access tokens themselves.
///
/// Public, because it names nobody: it tells digests of ids. A session's id is known to who holds one of its tokens; a
/// subject's to others too, who learn from it that the subject's claims have changed, and not how.
/// Asked for as `text/event-stream`, it is a stream of server-sent events, of which each is a page and its id is the
/// next cursor. A stream ends after five minutes: go on with `Last-Event-ID`.
#[utoipa::path(
    get, path = "/auth/revocations", operation_id = "listRevocations", tag = "Operations", params(RevocationsParameters),
    responses((status = 200, description = "A page of the feed.", body = RevocationsBody)),
)]
pub(crate) async fn handle(
    edge: Data<Edge>,
    request: HttpRequest,
    ValidQuery(RevocationsParameters { after, wait }): ValidQuery<RevocationsParameters>,
) -> Result<HttpResponse, Problem> {
    let feed = &edge.app.revocations.read_feed;
    let after = after.unwrap_or(0);
    if wants_stream(&request) {
        let resumed = request.headers().get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
        // With its first page, before the answer begins: if there is none, it is told by the status.
        let stream = feed.stream(resumed.unwrap_or(after)).await?;
        return Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, EVENT_STREAM))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "Accept"))
            .streaming(events(stream)));
    }
    let wait = wait.map_or(Duration::ZERO, |Wait(wait)| wait);
    let page = feed.execute(after, wait).await?;
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

/// One page after the other, until the stream's time is over or the server cannot tell: then the reader asks again.
///
/// A body is made outside of the request, by a worker that may be about to stop: nothing of it may ask the database.
fn events(stream: FeedStream) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(stream, |mut stream| async move {
        let page = stream.next(HEARTBEAT).await?;
        Some((Ok(event(&page)), stream))
    })
}

fn event(page: &SignedPage) -> Bytes {
    format!("id: {}\nevent: revocations\ndata: {}\n\n", page.next, page.jws).into()
}
