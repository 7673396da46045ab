//! A deployment without infrastructure.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use doorward_application::{
    Actor, App, Ports, Settings,
    auth::{
        IssuedTokens, LogInCommand, LogInError, Presented, RefreshError, RegisterCommand, RegisterError, Registered,
        SignedIn,
    },
    ports::{Access, Clock as _, Message, MessageKind, PasswordHasher, Store as _, TokenSigner},
    settings::{GateRules, KeepingRules, KeySchedule, RegistrationRules, TokenRules},
};
use doorward_domain::{
    Role, Secret, Timestamp,
    audit::AuditKind,
    profile::ProfileSeed,
    session::{Device, SessionLifetime, UserAgent},
    user::{Password, PasswordPolicy, User},
};
use doorward_testkit::{
    CountingIds, CountingSecrets, FakeDigests, FakeRefreshTokens, FakeSigner, FakeSmith, ManualClock, MemoryStore,
    PlainHasher, RecordingMailer,
};

pub(crate) const PASSWORD: &str = "a quiet harbour at dawn";

pub(crate) const MINUTE: Duration = Duration::from_mins(1);
pub(crate) const HOUR: Duration = Duration::from_hours(1);
pub(crate) const DAY: Duration = Duration::from_hours(24);

pub(crate) struct World {
    /// Boxed: it has every use case in it, and tests await many things that hold it.
    pub(crate) app: Box<App>,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) mailer: RecordingMailer,
}

pub(crate) fn settings() -> Settings {
    Settings {
        tokens: TokenRules {
            access_ttl: Duration::from_mins(10),
            session: SessionLifetime { idle: Duration::from_hours(7 * 24), absolute: Duration::from_hours(30 * 24) },
            refresh_reuse_grace: Duration::from_secs(10),
            profile_claims: true,
        },
        keys: KeySchedule {
            algorithm: "ES256",
            cache_life: 5 * MINUTE,
            skew: MINUTE / 2,
            rotate_after: Some(90 * DAY),
        },
        registration: RegistrationRules {
            enabled: true,
            self_service_roles: vec![Role::Candidate, Role::Employer],
            allowed_domains: Vec::new(),
            reveal_existing_accounts: true,
            require_verified_email: false,
            unproven_ttl: Some(7 * DAY),
            invitation_ttl: 7 * DAY,
        },
        passwords: PasswordPolicy { min_length: 8 },
        max_sessions_per_user: 50,
        keeping: KeepingRules { deletion_grace: 14 * DAY, mail_tried_for: DAY, audit_retention: None },
        gate: GateRules { max_staleness: Duration::from_secs(5), max_tokens: 1_000, max_sessions: 1_000 },
        throttle: None,
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// A world in which some adapters or rules are others.
    pub(crate) fn with(change: impl FnOnce(&mut Ports, &mut Settings)) -> Self {
        Self::over(MemoryStore::default(), Self::clock(), change)
    }

    /// A clock at the beginning of the world.
    pub(crate) fn clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::new("2026-01-01T12:00:00Z".parse().unwrap()))
    }

    /// A world over this store.
    pub(crate) fn over(
        store: MemoryStore,
        clock: Arc<ManualClock>,
        change: impl FnOnce(&mut Ports, &mut Settings),
    ) -> Self {
        let mailer = RecordingMailer::new();
        let mut ports = Ports {
            store: Arc::new(store.clone()),
            attempts: Arc::new(store.clone()),
            bus: Arc::new(store.clone()),
            clock: clock.clone(),
            ids: Arc::new(CountingIds::default()),
            secrets: Arc::new(CountingSecrets::default()),
            hasher: Arc::new(PlainHasher::default()),
            blocklists: Vec::new(),
            signer: Arc::new(FakeSigner::default()),
            smith: Arc::new(FakeSmith::default()),
            refresh_tokens: Arc::new(FakeRefreshTokens::default()),
            mailer: Arc::new(mailer.clone()),
            digests: Arc::new(FakeDigests::default()),
            meter: Arc::new(()),
        };
        let mut settings = settings();
        change(&mut ports, &mut settings);
        Self { app: Box::new(App::new(&ports, &settings)), store, clock, mailer }
    }

    /// The same deployment under other rules.
    pub(crate) fn again_with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        Self::over(self.store.clone(), Arc::clone(&self.clock), |_, settings| change(settings))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn register(&self, command: RegisterCommand) -> Result<Registered, RegisterError> {
        self.app.auth.register.execute(command).await
    }

    pub(crate) async fn sign_up(&self, email: &str) -> SignedIn {
        match self.register(jane(email)).await.unwrap() {
            Registered::SignedIn(signed_in) => *signed_in,
            _ => panic!("nobody is signed in"),
        }
    }

    pub(crate) async fn log_in(&self, identifier: &str, password: &str) -> Result<SignedIn, LogInError> {
        let command = LogInCommand {
            identifier: identifier.to_owned(),
            password: password.into(),
            restore: false,
            remembered: true,
            device: laptop(),
            presented: Presented::default(),
        };
        self.app.auth.log_in.execute(command).await
    }

    pub(crate) async fn refresh(&self, tokens: &IssuedTokens) -> Result<IssuedTokens, RefreshError> {
        self.app.auth.refresh.execute(&tokens.refresh, laptop()).await
    }

    pub(crate) async fn actor(&self, tokens: &IssuedTokens) -> Actor {
        self.app.auth.authenticate.execute(tokens.access.expose(), laptop()).await.unwrap()
    }

    pub(crate) async fn is_live(&self, tokens: &IssuedTokens) -> bool {
        self.app.auth.authenticate.execute(tokens.access.expose(), laptop()).await.is_ok()
    }

    /// The latest message of this kind in the outbox.
    pub(crate) fn letter(&self, kind: MessageKind) -> Arc<Message> {
        let found = self.store.messages().into_iter().rfind(|message| message.kind == kind);
        found.unwrap_or_else(|| panic!("no {kind:?} was written"))
    }

    /// What the link of the latest message of this kind carries.
    pub(crate) fn link(&self, kind: MessageKind) -> String {
        self.letter(kind).token.as_ref().expect("a link with a token").text().expose().clone()
    }

    /// How many messages of this kind are in the outbox.
    pub(crate) fn letters(&self, kind: MessageKind) -> usize {
        self.store.messages().iter().filter(|message| message.kind == kind).count()
    }

    /// Lets the worker do everything that is due.
    pub(crate) async fn deliver(&self) {
        while self.app.mail.deliver.execute().await.unwrap().is_some() {}
    }

    /// The user of this address, as it is stored.
    pub(crate) fn user(&self, email: &str) -> Option<User> {
        self.store.users().into_iter().find(|user| user.email.canonical() == email)
    }

    /// What the audit log has, the oldest first.
    pub(crate) fn trail(&self) -> Vec<AuditKind> {
        self.store.audit_events().iter().map(|event| event.kind).collect()
    }

    /// Makes a signed-up user's address a proven one.
    pub(crate) async fn prove(&self) {
        let token = self.link(MessageKind::VerifyEmail);
        self.app.account.verify_email.execute(&token, laptop()).await.unwrap();
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Changes a stored user behind the use cases' back.
    pub(crate) async fn edit(&self, user: &User, change: impl FnOnce(&mut User)) {
        edit(&self.store, user, change).await;
    }
}

/// What everyone signs in with.
pub(crate) fn laptop() -> Device {
    device("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
}

pub(crate) fn device(user_agent: &str) -> Device {
    Device { user_agent: UserAgent::keep(user_agent), ip_address: Some(Ipv4Addr::new(192, 0, 2, 7).into()) }
}

pub(crate) async fn edit(store: &MemoryStore, user: &User, change: impl FnOnce(&mut User)) {
    let mut unit = store.begin(Access::Write).await.unwrap();
    let mut user = unit.users().lock(user.id).await.unwrap().unwrap();
    change(&mut user);
    unit.users().update(&user).await.unwrap();
    unit.commit().await.unwrap();
}

pub(crate) fn jane(email: &str) -> RegisterCommand {
    RegisterCommand {
        email: email.to_owned(),
        password: PASSWORD.into(),
        first_name: "Jane".to_owned(),
        last_name: "Doe".to_owned(),
        username: None,
        role: None,
        locale: None,
        profile: ProfileSeed::default(),
        invitation: None,
        remembered: true,
        device: laptop(),
        presented: Presented::default(),
    }
}

pub(crate) fn secret(text: &Secret<String>) -> Secret<String> {
    Secret::new(text.expose().clone())
}

pub(crate) async fn hash(password: &str) -> doorward_domain::user::PasswordHash {
    PlainHasher::default().hash(&Password::parse(password).unwrap()).await.unwrap()
}

pub(crate) fn broken_signer() -> Arc<dyn TokenSigner> {
    Arc::new(BrokenSigner)
}

/// A signer whose key is out of reach.
struct BrokenSigner;

impl TokenSigner for BrokenSigner {
    fn sign(
        &self,
        _: &doorward_domain::token::AccessClaims,
        _: Timestamp,
    ) -> Result<Secret<String>, doorward_application::ports::SignError> {
        Err(doorward_application::ports::SignError("the key is out of reach".to_owned()))
    }

    fn can_sign(&self, _: Timestamp) -> Result<(), doorward_application::ports::SignError> {
        Err(doorward_application::ports::SignError("the key is out of reach".to_owned()))
    }

    fn verify(
        &self,
        _: &str,
        _: Timestamp,
    ) -> Result<doorward_domain::token::AccessClaims, doorward_application::ports::VerifyError> {
        Err(doorward_application::ports::VerifyError::Invalid)
    }

    fn sign_page(
        &self,
        _: &doorward_application::ports::FeedPage,
        _: Timestamp,
    ) -> Result<String, doorward_application::ports::SignError> {
        Err(doorward_application::ports::SignError("the key is out of reach".to_owned()))
    }

    fn public_keys(&self) -> Vec<doorward_application::ports::PublicKey> {
        Vec::new()
    }

    fn renew(
        &self,
        _: &[doorward_application::ports::StoredSigningKey],
    ) -> Result<(), doorward_application::ports::RenewError> {
        Ok(())
    }
}
