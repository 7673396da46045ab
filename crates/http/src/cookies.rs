//! The cookies: two that stand for a session in a browser, one by which it is known at the next sign-in, one for the
//! language, one for what was just done.

use actix_web::{
    HttpResponseBuilder,
    cookie::{Cookie, SameSite, time::Duration},
    http::header::{self, HeaderMap},
};
use doorward_application::{
    auth::{IssuedTokens, Presented},
    throttle::DeviceTokens,
};
use doorward_domain::Secret;

use crate::theme::Done;

/// What a browser drops at a sign-out beside our cookies (ASVS 14.3.1). `"cookies"` is not in it: that would take those
/// of other programs on this host, and of its subdomains, too.
const CLEAR_SITE_DATA: &str = r#""cache", "storage""#;

/// How long a browser remembers a language.
const LANGUAGE_KEPT: Duration = Duration::days(365);
/// How long the page that says what was done may take to come.
const DONE_KEPT: Duration = Duration::minutes(1);

/// How this deployment's cookies are made.
///
/// Over TLS their names begin with `__Host-`, so that no browser takes one from another host, another path or plain
/// HTTP. Plain HTTP is for development, and has no such names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies {
    pub(crate) secure: bool,
    pub(crate) same_site: SameSite,
}

impl Cookies {
    /// The name of the access token's cookie.
    pub(crate) const fn access_name(self) -> &'static str {
        if self.secure { "__Host-token" } else { "token" }
    }

    /// The name of the refresh token's cookie.
    pub(crate) const fn refresh_name(self) -> &'static str {
        if self.secure { "__Host-refresh_token" } else { "refresh_token" }
    }

    /// The cookies that hold these tokens: until the session can last no longer, or until the browser is closed.
    pub(crate) fn holding(self, tokens: &IssuedTokens) -> [Cookie<'static>; 2] {
        let lifetime = tokens.remembered.then(|| Duration::try_from(tokens.session_expires_in).ok()).flatten();
        let values = [(self.access_name(), &tokens.access), (self.refresh_name(), &tokens.refresh)];
        values.map(|(name, token)| {
            let mut cookie = self.cookie(name, token.expose().clone());
            // Whole seconds: a cookie that outlives its session by a fraction of one does no harm.
            cookie.set_max_age(lifetime);
            cookie
        })
    }

    /// Makes the browser that gets this answer keep these tokens.
    pub(crate) fn hold(self, tokens: &IssuedTokens, answer: &mut HttpResponseBuilder) {
        for cookie in self.holding(tokens) {
            answer.cookie(cookie);
        }
    }

    /// The cookies that make a browser forget both.
    pub(crate) fn removal(self) -> [Cookie<'static>; 2] {
        [self.access_name(), self.refresh_name()].map(|name| {
            let mut cookie = self.cookie(name, String::new());
            cookie.make_removal();
            cookie
        })
    }

    /// Makes the browser that gets this answer forget the session.
    pub(crate) fn forget(self, answer: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
        for cookie in self.removal() {
            answer.cookie(cookie);
        }
        answer.insert_header((header::CLEAR_SITE_DATA, CLEAR_SITE_DATA))
    }

    /// The tokens that a browser brought.
    pub(crate) fn brought(self, headers: &HeaderMap) -> Presented {
        let token = |name| find(headers, name).map(Secret::from);
        Presented {
            access_token: token(self.access_name()),
            refresh_token: token(self.refresh_name()),
            device_token: token(self.device_name()),
        }
    }

    const fn device_name(self) -> &'static str {
        if self.secure { "__Host-device" } else { "device" }
    }

    /// Makes the browser known at its next sign-in. It outlives the session, and a sign-out.
    pub(crate) fn recognising(self, device_token: &Secret<String>) -> Cookie<'static> {
        let mut cookie = self.cookie(self.device_name(), device_token.expose().clone());
        cookie.set_max_age(Duration::try_from(DeviceTokens::LIFE).ok());
        cookie
    }

    const fn language_name(self) -> &'static str {
        if self.secure { "__Host-lang" } else { "lang" }
    }

    const fn done_name(self) -> &'static str {
        if self.secure { "__Host-done" } else { "done" }
    }

    /// The language that was chosen in this browser.
    pub(crate) fn language(self, headers: &HeaderMap) -> Option<&str> {
        find(headers, self.language_name())
    }

    /// Makes the browser remember a language.
    pub(crate) fn choose_language(self, tag: String) -> Cookie<'static> {
        let mut cookie = self.cookie(self.language_name(), tag);
        cookie.set_max_age(LANGUAGE_KEPT);
        // So that it counts on the way from another site too. It is no secret and gives no right.
        cookie.set_same_site(SameSite::Lax);
        cookie
    }

    /// What was done before this page.
    pub(crate) fn done(self, headers: &HeaderMap) -> Option<Done> {
        find(headers, self.done_name()).and_then(Done::parse)
    }

    /// Lets the next page say what was done.
    pub(crate) fn say(self, done: Done) -> Cookie<'static> {
        let mut cookie = self.cookie(self.done_name(), done.as_str().to_owned());
        cookie.set_max_age(DONE_KEPT);
        cookie
    }

    /// Makes the browser forget what was done: it has been said.
    pub(crate) fn said(self) -> Cookie<'static> {
        let mut cookie = self.cookie(self.done_name(), String::new());
        cookie.make_removal();
        cookie
    }

    fn cookie(self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build(name, value).path("/").http_only(true).secure(self.secure).same_site(self.same_site).finish()
    }
}

/// The value of the first cookie of this name that has one. It looks at no other cookie: one that another program on
/// this host has set, and set wrongly, must not sign anyone out.
fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .flat_map(|header| header.as_bytes().split(|&byte| byte == b';'))
        .filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
        .find(|value| !value.is_empty())
        .and_then(|value| std::str::from_utf8(value).ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::{
        cookie::SameSite,
        http::header::{COOKIE, HeaderMap, HeaderValue},
    };
    use doorward_application::auth::IssuedTokens;

    use super::Cookies;

    const SECURE: Cookies = Cookies { secure: true, same_site: SameSite::Strict };
    const PLAIN: Cookies = Cookies { secure: false, same_site: SameSite::Lax };

    fn tokens(remembered: bool) -> IssuedTokens {
        IssuedTokens {
            access: "a.b.c".into(),
            access_expires_in: Duration::from_mins(10),
            refresh: "r".into(),
            refresh_expires_in: Duration::from_hours(24),
            session_expires_in: Duration::from_millis(60_900),
            remembered,
        }
    }

    fn brought(cookies: Cookies, headers: &[&'static str]) -> (Option<String>, Option<String>) {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(COOKIE, HeaderValue::from_static(header));
        }
        let presented = cookies.brought(&map);
        let text = |token: Option<doorward_domain::Secret<String>>| token.map(doorward_domain::Secret::into_inner);
        (text(presented.access_token), text(presented.refresh_token))
    }

    #[test]
    fn over_tls_they_are_bound_to_the_host() {
        let [access, refresh] = SECURE.holding(&tokens(true)).map(|cookie| cookie.to_string());
        assert_eq!(access, "__Host-token=a.b.c; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=60");
        assert_eq!(refresh, "__Host-refresh_token=r; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=60");
    }

    #[test]
    fn a_browser_that_is_not_to_remember_forgets_them_when_it_is_closed() {
        let [access, _] = PLAIN.holding(&tokens(false)).map(|cookie| cookie.to_string());
        assert_eq!(access, "token=a.b.c; HttpOnly; SameSite=Lax; Path=/");
    }

    #[test]
    fn they_are_removed_with_the_attributes_they_were_set_with() {
        for cookie in SECURE.removal() {
            assert_eq!((cookie.path(), cookie.secure(), cookie.value()), (Some("/"), Some(true), ""));
            assert_eq!(cookie.max_age(), Some(actix_web::cookie::time::Duration::ZERO));
        }
    }

    #[test]
    fn they_are_found_among_others_that_are_broken() {
        let both = (Some("x".to_owned()), Some("y".to_owned()));
        assert_eq!(brought(PLAIN, &["=; a=%zz; token=x;;", "refresh_token=y"]), both);
        assert_eq!(brought(PLAIN, &["token=; token=x; refresh_token=y"]), both);
        assert_eq!(brought(PLAIN, &["xtoken=x; tokenx=1; token=; token"]), (None, None));
    }

    #[test]
    fn over_tls_a_cookie_without_the_prefix_is_nobodys() {
        assert_eq!(brought(SECURE, &["token=x; refresh_token=y"]), (None, None));
        assert_eq!(brought(SECURE, &["__Host-token=x"]), (Some("x".to_owned()), None));
    }
}
