//! The edge over fakes, and what every answer must be.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use actix_web::{
    App as ActixApp,
    http::header::{self, HeaderMap},
    test::{self, TestRequest},
};
use doorward_application::{
    App, Ports, Settings,
    ports::{Access, PasswordHasher, Store},
    settings::{RegistrationRules, TokenRules},
};
use doorward_domain::{
    Role,
    session::SessionLifetime,
    user::{PasswordPolicy, UserStatus},
};
use doorward_http::{Code, Edge, EdgeSettings, SameSite, configure};
use doorward_testkit::{
    CountingIds, CountingSecrets, FakeRefreshTokens, FakeSigner, ManualClock, MemoryStore, PlainHasher,
};
use serde_json::{Value, json};

pub(crate) const OWN: &str = "http://localhost:8080";
/// What a browser says of a request from a page of ours.
pub(crate) const OURS: (&str, &str) = ("origin", OWN);
pub(crate) const PASSWORD: &str = "correct horse battery";

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&doorward_http::openapi()).expect("the document is JSON"));

/// An edge over fakes. What matters to a test, it changes before the first call.
pub(crate) struct TestEdge {
    pub(crate) store: MemoryStore,
    pub(crate) clock: ManualClock,
    pub(crate) rules: RegistrationRules,
    pub(crate) settings: EdgeSettings,
    /// What stands before the store, in the tests where it fails.
    pub(crate) broken_store: Option<Arc<dyn Store>>,
    pub(crate) hasher: Arc<dyn PasswordHasher>,
    signer: Arc<FakeSigner>,
    ids: Arc<CountingIds>,
    secrets: Arc<CountingSecrets>,
}

/// An answer that is what every answer must be.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The body, if it is JSON.
    pub(crate) body: Value,
}

/// Someone who has signed up, and their tokens.
pub(crate) struct Person {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl TestEdge {
    pub(crate) fn new() -> Self {
        Self {
            store: MemoryStore::default(),
            clock: ManualClock::default(),
            rules: RegistrationRules {
                enabled: true,
                self_service_roles: vec![Role::Candidate, Role::Employer],
                allowed_domains: Vec::new(),
                reveal_existing_accounts: true,
                require_verified_email: false,
            },
            settings: EdgeSettings {
                public_url: OWN.to_owned(),
                cors_origins: Vec::new(),
                trusted_proxies: Vec::new(),
                cookie_same_site: SameSite::Strict,
            },
            broken_store: None,
            hasher: Arc::new(PlainHasher::default()),
            signer: Arc::default(),
            ids: Arc::default(),
            secrets: Arc::default(),
        }
    }

    fn edge(&self) -> Edge {
        let store: Arc<dyn Store> = Arc::new(self.store.clone());
        let ports = Ports {
            store: self.broken_store.clone().unwrap_or(store),
            clock: Arc::new(self.clock.clone()),
            ids: self.ids.clone(),
            secrets: self.secrets.clone(),
            hasher: self.hasher.clone(),
            blocklists: Vec::new(),
            signer: self.signer.clone(),
            refresh_tokens: Arc::new(FakeRefreshTokens::default()),
        };
        let settings = Settings {
            tokens: TokenRules {
                access_ttl: Duration::from_mins(10),
                session: SessionLifetime {
                    idle: Duration::from_hours(7 * 24),
                    absolute: Duration::from_hours(30 * 24),
                },
                refresh_reuse_grace: Duration::from_secs(10),
                profile_claims: true,
            },
            registration: self.rules.clone(),
            passwords: PasswordPolicy { min_length: 8 },
            max_sessions_per_user: 50,
        };
        Edge::new(Arc::new(App::new(&ports, &settings)), self.settings.clone())
    }

    /// Sends a request and looks at the answer as a whole before the test looks at what it is about.
    pub(crate) async fn call(&self, request: TestRequest) -> Answer {
        let edge = self.edge();
        let app = test::init_service(ActixApp::new().configure(|config| configure(config, &edge))).await;
        let request = request.to_request();
        let (method, path) = (request.method().to_string(), request.path().to_owned());
        let response = test::call_service(&app, request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = String::from_utf8_lossy(&test::read_body(response).await).into_owned();
        let body = serde_json::from_str(&text).unwrap_or_default();
        let answer = Answer { status, headers, text, body };
        answer.check(&method, &path, &self.settings.public_url);
        answer
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(TestRequest::post().uri(path).set_json(body)).await
    }

    /// Signs `jane@example.com` up.
    pub(crate) async fn jane(&self) -> Person {
        self.person(json!({"email": "Jane@Example.com", "username": "jane"})).await
    }

    /// Signs someone up: Jane Doe, but for what is given.
    pub(crate) async fn person(&self, but: Value) -> Person {
        Person::of(&self.post("/auth/register", sign_up(but)).await.expect(201))
    }

    /// Makes the only user of this address inactive, as an administrator would.
    pub(crate) async fn deactivate(&self, email: &str) {
        let id = self.store.users().iter().find(|user| user.email.typed() == email).expect("a user").id;
        let mut unit = self.store.begin(Access::Write).await.expect("a unit");
        let mut user = unit.users().lock(id).await.expect("a look").expect("a user");
        user.status = UserStatus::Deactivated;
        unit.users().update(&user).await.expect("an update");
        unit.commit().await.expect("a commit");
    }
}

/// A sign-up of Jane Doe, but for what is given.
pub(crate) fn sign_up(but: Value) -> Value {
    let body = json!({"email": "jane@example.com", "password": PASSWORD, "firstName": "Jane", "lastName": "Doe"});
    with(body, but)
}

/// An object with the fields of another in it.
pub(crate) fn with(mut body: Value, but: Value) -> Value {
    let Value::Object(but) = but else { panic!("{but} is no object") };
    body.as_object_mut().expect("an object").extend(but);
    body
}

impl Person {
    pub(crate) fn of(answer: &Answer) -> Self {
        let token = |name: &str| answer.body["tokens"][name].as_str().expect("a token").to_owned();
        Self { access: token("accessToken"), refresh: token("refreshToken") }
    }

    pub(crate) fn get(&self, path: &str) -> TestRequest {
        self.bearing(TestRequest::get().uri(path))
    }

    pub(crate) fn bearing(&self, request: TestRequest) -> TestRequest {
        request.insert_header((header::AUTHORIZATION, format!("Bearer {}", self.access)))
    }

    /// Both cookies, as a browser sends them on plain HTTP.
    pub(crate) fn cookies(&self) -> (header::HeaderName, String) {
        (header::COOKIE, format!("token={}; refresh_token={}", self.access, self.refresh))
    }
}

impl Answer {
    /// The answer, which has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The answer, which is this problem.
    #[track_caller]
    pub(crate) fn refused(self, code: Code) -> Self {
        assert_eq!(self.body["code"], code.as_str(), "{}", self.text);
        assert_eq!(self.body["message"], code.message());
        self.expect(code.status().as_u16())
    }

    /// The fields that were refused, each with its code, in the order of their names.
    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        let errors = self.body["errors"].as_array().expect("a list of errors");
        let mut fields = Vec::new();
        for error in errors {
            fields.push((error["field"].as_str().expect("a field"), error["code"].as_str().expect("a code")));
        }
        fields.sort_unstable();
        fields
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a text"))
    }

    /// The cookies that it sets.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).map(|value| value.to_str().expect("a text")).collect()
    }

    /// What holds for every answer, whatever a test is about.
    #[track_caller]
    fn check(&self, method: &str, path: &str, public_url: &str) {
        let id = self.header("x-request-id").expect("every answer has an id");
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        assert!(self.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'")));
        let is_documentation = path.starts_with("/docs/") || path.starts_with("/.well-known/");
        if self.status >= 400 || !is_documentation {
            assert_eq!(self.header("cache-control"), Some("no-store"), "{path}");
        }
        if self.status < 400 {
            let is_ours = path != "/.well-known/jwks.json" && path != "/openapi.json";
            if self.body.is_object() && is_ours {
                assert_eq!(self.body["success"], true, "{}", self.text);
            }
            return;
        }
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        if method == "HEAD" {
            return;
        }
        let code = self.body["code"].as_str().expect("an error has a code");
        let code = Code::ALL.iter().find(|known| known.as_str() == code).expect("the code is known");
        assert_eq!(self.status, code.status().as_u16());
        assert_eq!(self.body["status"], self.status);
        assert_eq!(self.body["success"], false);
        assert_eq!(self.body["title"], code.title());
        assert_eq!(self.body["type"], format!("{public_url}/docs/errors#{}", code.as_str()));
        assert_eq!(self.body["requestId"], id);
        let known = ["type", "title", "status", "detail", "success", "message", "code", "errors", "requestId"];
        assert!(self.body.as_object().expect("an object").keys().all(|key| known.contains(&key.as_str())));
        assert_eq!(self.header("www-authenticate").is_some(), self.status == 401);
        assert_eq!(self.header("allow").is_some(), self.status == 405);
        assert_eq!(self.header("retry-after").is_some(), self.status == 503);
        if let Some(operation) = operation(method, path) {
            let documented = &operation["responses"][self.status.to_string()]["content"];
            let example = &documented["application/problem+json"]["examples"][code.as_str()];
            assert!(example.is_object(), "{method} {path} does not document {}", code.as_str());
        }
    }
}

/// What the OpenAPI document says of this route, if there is one.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let matches = |pattern: &str| {
        let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        pattern.len() == path.len() && pattern.iter().zip(&path).all(|(p, s)| p.starts_with('{') || p == s)
    };
    let paths = DOCUMENT["paths"].as_object()?;
    let exact = paths.get(path);
    let item = exact.or_else(|| paths.iter().find(|(pattern, _)| matches(pattern)).map(|(_, item)| item))?;
    item.get(method.to_lowercase())
}

/// Every route: its method, its path and whether it is for signed-in users alone.
pub(crate) fn routes() -> Vec<(String, String, bool)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, operation)| (method, path, operation))
    });
    operations
        .map(|(method, path, operation)| (method.to_uppercase(), path.clone(), operation["security"].is_array()))
        .collect()
}
