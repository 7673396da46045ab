//! The edge over fakes.

use std::{
    io,
    sync::{Arc, Once},
    time::Duration,
};

use actix_web::{
    App as ActixApp, HttpMessage as _,
    http::header,
    test::{self, TestRequest},
};
use doorward_application::{
    App, Ports, Settings,
    ports::{Access, MessageKind, PasswordHasher, Store},
    settings::{GateRules, KeepingRules, KeySchedule, RegistrationRules, TokenRules},
};
use doorward_domain::{
    Role,
    session::SessionLifetime,
    user::{PasswordPolicy, User, UserStatus},
};
use doorward_http::{Edge, EdgeSettings, SameSite, configure};
use doorward_testkit::{
    CountingIds, CountingSecrets, FakeDigests, FakeRefreshTokens, FakeSigner, FakeSmith, ManualClock, MemoryStore,
    PlainHasher, RecordingMailer,
    builders::{noon, profile},
};
use serde_json::{Value, json};
use tracing::Level;

use crate::answer::{self, Answer};

pub(crate) const OWN: &str = "http://localhost:8080";
/// What a browser says of a request from a page of ours.
pub(crate) const OURS: (&str, &str) = ("origin", OWN);
pub(crate) const PASSWORD: &str = "correct horse battery";

/// An edge over fakes. What matters to a test, it changes before the first call.
pub(crate) struct TestEdge {
    pub(crate) store: MemoryStore,
    pub(crate) clock: ManualClock,
    pub(crate) rules: RegistrationRules,
    pub(crate) keeping: KeepingRules,
    pub(crate) keys: KeySchedule,
    pub(crate) mailer: RecordingMailer,
    pub(crate) settings: EdgeSettings,
    /// What stands before the store, in the tests where it fails.
    pub(crate) broken_store: Option<Arc<dyn Store>>,
    pub(crate) hasher: Arc<dyn PasswordHasher>,
    pub(crate) signer: Arc<FakeSigner>,
    smith: Arc<FakeSmith>,
    ids: Arc<CountingIds>,
    secrets: Arc<CountingSecrets>,
}

/// Someone who has signed up, and their tokens.
pub(crate) struct Person {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// Somebody listens to everything before anything is logged. Else a test that begins to listen can miss what another
/// test logs for the first time at that moment: tracing remembers that nobody wanted it.
fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let everything = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(io::sink).finish();
        tracing::subscriber::set_global_default(everything).expect("nobody listens yet");
    });
}

impl TestEdge {
    pub(crate) fn new() -> Self {
        listen();
        Self {
            store: MemoryStore::default(),
            clock: ManualClock::default(),
            rules: RegistrationRules {
                enabled: true,
                self_service_roles: vec![Role::Candidate, Role::Employer],
                allowed_domains: Vec::new(),
                reveal_existing_accounts: true,
                require_verified_email: false,
                unproven_ttl: None,
                invitation_ttl: Duration::from_hours(7 * 24),
            },
            keeping: KeepingRules {
                deletion_grace: Duration::from_hours(30 * 24),
                mail_tried_for: Duration::from_hours(3 * 24),
                audit_retention: None,
            },
            keys: KeySchedule {
                algorithm: "ES256",
                cache_life: Duration::from_mins(5),
                skew: Duration::from_secs(30),
                rotate_after: Some(Duration::from_hours(90 * 24)),
            },
            mailer: RecordingMailer::new(),
            settings: EdgeSettings {
                public_url: OWN.to_owned(),
                cors_origins: Vec::new(),
                trusted_proxies: Vec::new(),
                cookie_same_site: SameSite::Strict,
                theme: Arc::default(),
            },
            broken_store: None,
            hasher: Arc::new(PlainHasher::default()),
            signer: Arc::default(),
            smith: Arc::default(),
            ids: Arc::default(),
            secrets: Arc::default(),
        }
    }

    fn app(&self) -> Arc<App> {
        let store: Arc<dyn Store> = Arc::new(self.store.clone());
        let ports = Ports {
            store: self.broken_store.clone().unwrap_or(store),
            attempts: Arc::new(self.store.clone()),
            bus: Arc::new(self.store.clone()),
            clock: Arc::new(self.clock.clone()),
            ids: self.ids.clone(),
            secrets: self.secrets.clone(),
            hasher: self.hasher.clone(),
            blocklists: Vec::new(),
            signer: self.signer.clone(),
            smith: self.smith.clone(),
            refresh_tokens: Arc::new(FakeRefreshTokens::default()),
            mailer: Arc::new(self.mailer.clone()),
            digests: Arc::new(FakeDigests::default()),
            meter: Arc::new(()),
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
            keys: self.keys,
            registration: self.rules.clone(),
            passwords: PasswordPolicy { min_length: 8 },
            max_sessions_per_user: 50,
            keeping: self.keeping,
            gate: GateRules { max_staleness: Duration::from_secs(5), max_tokens: 1_000, max_sessions: 1_000 },
            throttle: None,
        };
        Arc::new(App::new(&ports, &settings))
    }

    /// Sends a request and looks at the answer as a whole before the test looks at what it is about.
    pub(crate) async fn call(&self, request: TestRequest) -> Answer {
        let edge = Edge::new(self.app(), self.settings.clone());
        let app = test::init_service(ActixApp::new().configure(|config| configure(config, &edge))).await;
        let request = request.to_request();
        let (method, path) = (request.method().to_string(), request.path().to_owned());
        let asks_for_page = answer::asks_for_page(request.method(), request.headers());
        let response = test::call_service(&app, request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer::new(status, headers, &test::read_body(response).await);
        answer.check(&method, &path, asks_for_page, &self.settings.public_url);
        answer
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(TestRequest::post().uri(path).set_json(body)).await
    }

    /// Posts a form, as a browser does from a page of ours.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.call(TestRequest::post().uri(path).insert_header(OURS).set_form(fields)).await
    }

    /// Does what is due to the signing keys, and signs with them from then on.
    pub(crate) async fn tend_keys(&self) {
        self.app().operations.tend_keys.execute().await.expect("keys that can be used");
    }

    /// Signs `jane@example.com` up.
    pub(crate) async fn jane(&self) -> Person {
        self.person(json!({"email": "Jane@Example.com", "username": "jane"})).await
    }

    /// Signs someone up: Jane Doe, but for what is given.
    pub(crate) async fn person(&self, but: Value) -> Person {
        Person::of(&self.post("/auth/register", sign_up(but)).await.expect(201))
    }

    /// Sends what waits to be sent, wishes first, and tells what the link of the latest message of this kind carries.
    pub(crate) async fn link(&self, kind: MessageKind) -> String {
        let app = self.app();
        while app.mail.deliver.execute().await.expect("a working store").is_some() {}
        let sent = self.mailer.sent();
        let message = sent.iter().rfind(|message| message.kind == kind).unwrap_or_else(|| panic!("no {kind:?} sent"));
        message.token.as_ref().expect("a link").text().into_inner()
    }

    /// Makes the only user of this address inactive, as an administrator would.
    pub(crate) async fn deactivate(&self, email: &str) {
        self.amend(email, |user| user.status = UserStatus::Deactivated).await;
    }

    /// Changes the only user of this address, by no use case.
    pub(crate) async fn amend(&self, email: &str, change: impl FnOnce(&mut User)) {
        let id = self.store.users().iter().find(|user| user.email.typed() == email).expect("a user").id;
        let mut unit = self.store.begin(Access::Write).await.expect("a unit");
        let mut user = unit.users().lock(id).await.expect("a look").expect("a user");
        change(&mut user);
        unit.users().update(&user).await.expect("an update");
        unit.commit().await.expect("a commit");
    }
}

/// Signs an administrator up and in.
pub(crate) async fn admin(edge: &TestEdge) -> Person {
    admin_at(edge, "root@example.com").await
}

/// The same at this address.
pub(crate) async fn admin_at(edge: &TestEdge, email: &str) -> Person {
    edge.person(json!({"email": email, "firstName": "Root", "lastName": "Admin"})).await;
    let mut unit = edge.store.begin(Access::Write).await.expect("a unit");
    let id = edge.store.users().iter().find(|user| user.email.typed() == email).expect("a user").id;
    let mut user = unit.users().lock(id).await.expect("a look").expect("a user");
    user.role = Role::Admin;
    user.epoch += 1;
    unit.users().update(&user).await.expect("an update");
    unit.profiles().archive(id, Role::Candidate, noon()).await.expect("an old profile");
    unit.profiles().insert(id, &profile(Role::Admin)).await.expect("a new profile");
    unit.commit().await.expect("a commit");
    Person::of(&edge.post("/auth/login", json!({"email": email, "password": PASSWORD})).await.expect(200))
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
