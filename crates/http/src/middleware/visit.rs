//! A person's way to a page.

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    cookie::Cookie,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY, SET_COOKIE},
    middleware::Next,
};
use doorward_application::{
    Actor,
    auth::{IssuedTokens, RefreshError},
};
use doorward_domain::Secret;

use super::{
    csrf,
    guard::{admit, contained},
};
use crate::{
    cookies::Cookies,
    edge::Edge,
    extract::{authenticate_as, device, receive},
    pages,
    problem::{self, Code, Problem},
    who::{Facing, SEC_FETCH_SITE, Who},
};

/// Somebody before a page.
struct Visit {
    /// Who it is, if it is known.
    actor: Result<Option<Actor>, Problem>,
    /// The tokens that took the place of those that had expired.
    renewed: Option<IssuedTokens>,
}

/// Lets a person through to a page that is for `who`.
///
/// A session whose access token has expired goes on by its refresh token, so that a form that was typed meanwhile
/// arrives. Tabs that do so at once get the same successor. Who is not signed in is sent to the sign-in page.
///
/// Whatever comes of the page, a panic too, goes out with the renewed cookies: without them, the next request would
/// bring a token that has been used up, as a thief would.
pub(super) async fn visit(
    who: Who,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> ServiceResponse<BoxBody> {
    let kept = request.request().clone();
    let Visit { actor, renewed } = match contained(Visit::begin(who, &mut request)).await {
        Ok(visit) => visit,
        Err(error) => return ServiceResponse::from_err(error, kept),
    };
    let passed = contained(pass(who, actor, request, next)).await;
    let mut response = passed.unwrap_or_else(|error| ServiceResponse::from_err(error, kept));
    let cookies = Edge::of(response.request()).cookies();
    if let Some(tokens) = renewed {
        hold(&mut response, &tokens, cookies);
    }
    say_once(&mut response, cookies);
    let referrer = referrer_policy(response.request());
    response.headers_mut().insert(REFERRER_POLICY, referrer);
    response
}

/// Lets the person in, or leads them elsewhere.
async fn pass(
    who: Who,
    actor: Result<Option<Actor>, Problem>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let elsewhere = match actor? {
        Some(actor) => admit(who, actor, request.request()).map(|_| None)?,
        None if who.wants_to_know() && must_come_again(request.request()) => {
            Some(pages::come_again(request.request())?)
        }
        None if who.is_signed_in() => Some(sign_in_first(request.request())?),
        None => None,
    };
    match elsewhere {
        Some(response) => Ok(request.into_response(response)),
        None => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
    }
}

impl Visit {
    const OF_NOBODY: Self = Self { actor: Ok(None), renewed: None };

    async fn begin(who: Who, request: &mut ServiceRequest) -> Result<Self, Error> {
        csrf::check(Edge::of(request.request()), who, Facing::Person, request.method(), request.headers())?;
        if !who.wants_to_know() {
            return Ok(Self::OF_NOBODY);
        }
        if !request.method().is_safe() {
            // Before anything is renewed: while a form dribbles in, other tabs go on with the tokens that there are.
            let body = receive(request.take_payload()).await?.freeze();
            request.set_payload(Payload::from(body));
        }
        let request = request.request();
        let brought = Edge::of(request).cookies().brought(request.headers());
        if let Some(access) = brought.access_token {
            match authenticate_as(request, access.expose()).await {
                Ok(actor) => return Ok(Self { actor: Ok(Some(actor)), renewed: None }),
                Err(problem) if problem.code().challenge().is_none() => return Err(problem.into()),
                Err(_) => {}
            }
        }
        match brought.refresh_token {
            Some(refresh) => Ok(Self::renew(request, &refresh).await?),
            None => Ok(Self::OF_NOBODY),
        }
    }

    async fn renew(request: &HttpRequest, refresh: &Secret<String>) -> Result<Self, Problem> {
        let tokens = match Edge::of(request).app.auth.refresh.execute(refresh, device(request)).await {
            Ok(tokens) => tokens,
            Err(RefreshError::Fault(fault)) => return Err(fault.into()),
            Err(refused) => {
                // The person is asked to sign in, and the operator is told.
                problem::log(&refused.into(), request);
                return Ok(Self::OF_NOBODY);
            }
        };
        let actor = match authenticate_as(request, tokens.access.expose()).await {
            Ok(actor) => Ok(Some(actor)),
            // It ended meanwhile.
            Err(problem) if problem.code().challenge().is_some() => Ok(None),
            Err(problem) => Err(problem),
        };
        Ok(Self { actor, renewed: Some(tokens) })
    }
}

/// Adds the cookies, but for those that the handler has set or removed itself.
fn hold(response: &mut ServiceResponse<BoxBody>, tokens: &IssuedTokens, cookies: Cookies) {
    let sets = |name: &str| {
        let mut set = response.headers().get_all(SET_COOKIE);
        set.any(|set| set.as_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"=")))
    };
    if !sets(cookies.access_name()) && !sets(cookies.refresh_name()) {
        for cookie in cookies.holding(tokens) {
            add(response, &cookie);
        }
    }
}

/// What a page tells of itself to those that its links and forms lead to: its origin, so that browsers name it where
/// our forms are posted; and nothing where its address holds a token.
fn referrer_policy(request: &HttpRequest) -> HeaderValue {
    let holds_token = request.query_string().contains("token");
    HeaderValue::from_static(if holds_token { "no-referrer" } else { "strict-origin" })
}

/// Takes away what was done from the browser, when a page has said it.
fn say_once(response: &mut ServiceResponse<BoxBody>, cookies: Cookies) {
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let will_be_one = response.status().is_client_error() || response.status().is_server_error();
    if (is_page || will_be_one) && cookies.done(response.request().headers()).is_some() {
        add(response, &cookies.said());
    }
}

fn add(response: &mut ServiceResponse<BoxBody>, cookie: &Cookie<'_>) {
    // Of what our cookies are made, every header can be made.
    let _ = response.response_mut().add_cookie(cookie);
}

/// Whether the person comes by a link on another site, where browsers leave `SameSite=Strict` cookies out: then the
/// page asks for itself once more, from here, and they come along.
fn must_come_again(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let brought = Edge::of(request).cookies().brought(headers);
    request.method().is_safe()
        && brought.access_token.is_none()
        && brought.refresh_token.is_none()
        && headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "cross-site")
}

/// To the sign-in page and, for what can be asked for again, back. What was sent is not: it says so.
fn sign_in_first(request: &HttpRequest) -> Result<HttpResponse, Problem> {
    if !request.method().is_safe() {
        return Err(Code::SessionEnded.into());
    }
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, pages::log_in::path_to(target))).finish())
}
