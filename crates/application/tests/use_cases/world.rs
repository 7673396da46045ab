//! A deployment without infrastructure.

use std::{sync::Arc, time::Duration};

use doorward_application::{
    Actor, App, Ports, Settings,
    auth::{
        IssuedTokens, LogInCommand, LogInError, Presented, RefreshError, RegisterCommand, RegisterError, Registered,
        SignedIn,
    },
    ports::{Access, PasswordHasher, Store as _, TokenSigner},
    settings::{RegistrationRules, TokenRules},
};
use doorward_domain::{
    Role, Secret,
    profile::ProfileSeed,
    session::{Device, SessionLifetime},
    user::{Password, PasswordPolicy, User},
};
use doorward_testkit::{
    CountingIds, CountingSecrets, FakeRefreshTokens, FakeSigner, ManualClock, MemoryStore, PlainHasher,
};

pub(crate) const PASSWORD: &str = "a quiet harbour at dawn";

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<ManualClock>,
}

pub(crate) fn settings() -> Settings {
    Settings {
        tokens: TokenRules {
            access_ttl: Duration::from_mins(10),
            session: SessionLifetime { idle: Duration::from_hours(7 * 24), absolute: Duration::from_hours(30 * 24) },
            refresh_reuse_grace: Duration::from_secs(10),
            profile_claims: true,
        },
        registration: RegistrationRules {
            enabled: true,
            self_service_roles: vec![Role::Candidate, Role::Employer],
            allowed_domains: Vec::new(),
            reveal_existing_accounts: true,
            require_verified_email: false,
        },
        passwords: PasswordPolicy { min_length: 8 },
        max_sessions_per_user: 50,
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// A world in which some adapters or rules are others.
    pub(crate) fn with(change: impl FnOnce(&mut Ports, &mut Settings)) -> Self {
        let store = MemoryStore::default();
        let clock = Arc::new(ManualClock::new("2026-01-01T12:00:00Z".parse().unwrap()));
        let mut ports = Ports {
            store: Arc::new(store.clone()),
            clock: clock.clone(),
            ids: Arc::new(CountingIds::default()),
            secrets: Arc::new(CountingSecrets::default()),
            hasher: Arc::new(PlainHasher::default()),
            blocklists: Vec::new(),
            signer: Arc::new(FakeSigner::default()),
            refresh_tokens: Arc::new(FakeRefreshTokens::default()),
        };
        let mut settings = settings();
        change(&mut ports, &mut settings);
        Self { app: App::new(&ports, &settings), store, clock }
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
            remembered: true,
            device: Device::default(),
            presented: Presented::default(),
        };
        self.app.auth.log_in.execute(command).await
    }

    pub(crate) async fn refresh(&self, tokens: &IssuedTokens) -> Result<IssuedTokens, RefreshError> {
        self.app.auth.refresh.execute(&tokens.refresh).await
    }

    pub(crate) async fn actor(&self, tokens: &IssuedTokens) -> Actor {
        self.app.auth.authenticate.execute(tokens.access.expose()).await.unwrap()
    }

    pub(crate) async fn is_live(&self, tokens: &IssuedTokens) -> bool {
        self.app.auth.authenticate.execute(tokens.access.expose()).await.is_ok()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Changes a stored user behind the use cases' back.
    pub(crate) async fn edit(&self, user: &User, change: impl FnOnce(&mut User)) {
        edit(&self.store, user, change).await;
    }
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
        profile: ProfileSeed::default(),
        invitation: None,
        remembered: true,
        device: Device::default(),
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
    ) -> Result<Secret<String>, doorward_application::ports::SignError> {
        Err(doorward_application::ports::SignError("the key is out of reach".to_owned()))
    }

    fn verify(
        &self,
        _: &str,
        _: doorward_domain::Timestamp,
    ) -> Result<doorward_domain::token::AccessClaims, doorward_application::ports::VerifyError> {
        Err(doorward_application::ports::VerifyError::Invalid)
    }

    fn public_keys(&self) -> Vec<doorward_application::ports::PublicKey> {
        Vec::new()
    }
}
