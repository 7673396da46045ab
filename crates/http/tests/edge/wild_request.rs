//! Any request at all, made of bytes: what a client could send, as far as it is HTTP.
//!
//! Bytes choose. Most choices are among what the routes know, so that a request comes past the first check; some are
//! texts as they stand in the bytes.

use actix_web::{
    http::{
        Method, Uri,
        header::{HeaderName, HeaderValue},
    },
    test::TestRequest,
};
use doorward_http::routes::{Row, pages, table};
use serde_json::{Map, Value};

const METHODS: [&str; 8] = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "BREW"];

/// The headers that something here reads.
const HEADERS: [&str; 22] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "forwarded",
    "host",
    "idempotency-key",
    "if-none-match",
    "origin",
    "range",
    "referer",
    "sec-fetch-site",
    "transfer-encoding",
    "user-agent",
    "x-forwarded-for",
    "x-request-id",
];

/// The fields of bodies, forms and queries.
const FIELDS: [&str; 36] = [
    "email",
    "password",
    "firstName",
    "lastName",
    "username",
    "role",
    "company",
    "phoneNumber",
    "locale",
    "invitation",
    "useCookies",
    "rememberMe",
    "refreshToken",
    "token",
    "currentPassword",
    "newPassword",
    "newEmail",
    "profile",
    "location",
    "title",
    "skills",
    "companyName",
    "companyEmail",
    "companyLocation",
    "industry",
    "search",
    "active",
    "user",
    "type",
    "cursor",
    "limit",
    "returnTo",
    "language",
    "after",
    "wait",
    "confirm",
];

/// Values that are something to somebody.
const VALUES: [&str; 30] = [
    "",
    "jane@example.com",
    "other@example.com",
    "jane",
    "correct horse battery",
    "a new password of hers",
    "Jane",
    "CANDIDATE",
    "EMPLOYER",
    "ADMIN",
    "+49 30 1234",
    "de-CH,de;q=0.9",
    "pt-BR",
    "true",
    "false",
    "0",
    "1",
    "200",
    "18446744073709551615",
    "application/json",
    "application/x-www-form-urlencoded",
    "text/html",
    "http://localhost:8080",
    "same-origin",
    "null",
    "10.0.0.1, 203.0.113.9",
    "a-key",
    "/account",
    "//evil.example/",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

/// What a request can name that is not known beforehand: tokens, ids, cookies.
pub(crate) type Known = [String];

/// Choices, made of bytes. When there are no more, each is the first of what there is to choose.
struct Choices<'b>(&'b [u8]);

impl<'b> Choices<'b> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// One of so many.
    fn of(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    fn pick<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list[self.of(list.len())]
    }

    fn bytes(&mut self) -> &'b [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (bytes, rest) = self.0.split_at(length);
        self.0 = rest;
        bytes
    }

    /// A text that is known, one that matters, or any.
    fn text(&mut self, known: &Known) -> String {
        match self.of(4) {
            0 => self.pick(&VALUES).to_owned(),
            1 if !known.is_empty() => known[self.of(known.len())].clone(),
            _ => String::from_utf8_lossy(self.bytes()).into_owned(),
        }
    }

    fn value(&mut self, known: &Known, depth: usize) -> Value {
        match self.of(8) {
            0 => Value::Null,
            1 => Value::Bool(self.of(2) == 1),
            2 => Value::from(i64::from(self.byte()) - 1),
            3 if depth > 0 => (0..self.of(4)).map(|_| self.value(known, depth - 1)).collect(),
            4 if depth > 0 => self.object(known, depth - 1).into(),
            _ => self.text(known).into(),
        }
    }

    fn object(&mut self, known: &Known, depth: usize) -> Map<String, Value> {
        let field = |choices: &mut Self| {
            let name = if choices.of(16) == 15 { choices.text(known) } else { choices.pick(&FIELDS).to_owned() };
            (name, choices.value(known, depth))
        };
        (0..self.of(8)).map(|_| field(self)).collect()
    }

    /// Names and values as forms and queries have them, most of them escaped.
    fn pairs(&mut self, known: &Known) -> String {
        let mut pairs = Vec::new();
        for _ in 0..self.of(6) {
            let (name, value) = (self.pick(&FIELDS), self.text(known));
            pairs.push(format!("{name}={}", if self.of(8) == 7 { value } else { escaped(&value) }));
        }
        pairs.join("&")
    }

    fn target(&mut self, known: &Known) -> String {
        let rows: Vec<Row> = table().into_iter().chain(pages()).collect();
        let path = if self.of(16) == 15 {
            format!("/{}", self.text(known))
        } else {
            rows[self.of(rows.len())].path.to_owned()
        };
        let path = path.replace("{id}", &escaped(&self.text(known)));
        let path = path.replace("{kid}", &escaped(&self.text(known))).replace("{file}", &escaped(&self.text(known)));
        let query = if self.of(2) == 1 { format!("?{}", self.pairs(known)) } else { String::new() };
        path + &query
    }

    fn body(&mut self, known: &Known) -> (&'static str, Vec<u8>) {
        match self.of(5) {
            0 => ("", Vec::new()),
            1 => ("application/x-www-form-urlencoded", self.pairs(known).into_bytes()),
            2 => ("application/json", self.bytes().to_vec()),
            _ => ("application/json", Value::from(self.object(known, 2)).to_string().into_bytes()),
        }
    }
}

/// What a URL can hold, for what a text is.
fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(escape).collect()
}

/// The request that these bytes are. What is no HTTP is left out of it: that does not come as far as here.
pub(crate) fn wild_request(bytes: &[u8], known: &Known) -> TestRequest {
    let mut choices = Choices(bytes);
    let method = Method::from_bytes(choices.pick(&METHODS).as_bytes()).unwrap_or_default();
    let target = choices.target(known);
    let uri = Uri::try_from(target.as_str()).unwrap_or_else(|_| Uri::from_static("/nowhere"));
    let mut request = TestRequest::with_uri(&uri.to_string()).method(method);
    if choices.of(2) == 1 {
        request = request.peer_addr(([10, 0, 0, 1], 4711).into());
    }
    let (media_type, body) = choices.body(known);
    if !media_type.is_empty() {
        request = request.insert_header(("content-type", media_type));
    }
    for _ in 0..choices.of(8) {
        let name = HeaderName::from_static(choices.pick(&HEADERS));
        let is_known = choices.of(4) == 1;
        let text = if is_known { choices.text(known).into_bytes() } else { choices.bytes().to_vec() };
        let text = if name == "authorization" && is_known { [&b"Bearer "[..], &text].concat() } else { text };
        let text = if name == "cookie" && is_known { [&b"token="[..], &text].concat() } else { text };
        if let Ok(value) = HeaderValue::from_bytes(&text) {
            request = request.append_header((name, value));
        }
    }
    request.set_payload(body)
}
