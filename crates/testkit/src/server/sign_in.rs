//! Sessions that nobody typed a password for.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_application::{
    App, Ports,
    auth::{IssuedTokens, LogInCommand, LogInError, Presented, SignedIn},
    ports::{Access, HashError, PasswordHasher, UnusableHash, Verdict},
};
use doorward_domain::{
    Secret, UserId,
    session::{Device, UserAgent},
    user::{Password, PasswordHash},
};

use super::TestServerError;

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct TestSession {
    /// Who.
    pub user_id: String,
    /// A signed JWT.
    pub access_token: String,
    /// What to refresh with.
    pub refresh_token: String,
    /// For how many seconds the access token is good.
    pub expires_in: u64,
    /// For how many seconds the refresh token is good.
    pub refresh_expires_in: u64,
}

impl From<SignedIn> for TestSession {
    fn from(signed_in: SignedIn) -> Self {
        let IssuedTokens { access, access_expires_in, refresh, refresh_expires_in, .. } = signed_in.tokens;
        Self {
            user_id: signed_in.user.id.to_string(),
            access_token: access.into_inner(),
            refresh_token: refresh.into_inner(),
            expires_in: access_expires_in.as_secs(),
            refresh_expires_in: refresh_expires_in.as_secs(),
        }
    }
}

/// A hasher that takes one text, which nobody else knows, for everyone's password: so a session is opened by the same
/// use case, with the same decisions, as for a person who types theirs.
pub(super) struct MasterKey {
    pub(super) hasher: Arc<dyn PasswordHasher>,
    pub(super) key: Arc<str>,
}

#[async_trait]
impl PasswordHasher for MasterKey {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        self.hasher.hash(password).await
    }

    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
        if password.expose() == &*self.key {
            return Ok(Verdict::Match { rehash: false });
        }
        self.hasher.verify(password, stored).await
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        self.hasher.verify_nobody(password).await
    }

    fn recognise(&self, stored: &PasswordHash) -> Result<(), UnusableHash> {
        self.hasher.recognise(stored)
    }

    async fn wrap(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        self.hasher.wrap(stored).await
    }
}

/// Opens a session of a user, by address, username or id, as if the password had been typed.
pub(super) async fn sign_in(
    app: &App,
    ports: &Ports,
    key: &str,
    who: &str,
    user_agent: &str,
) -> Result<TestSession, TestServerError> {
    let identifier = match who.parse::<uuid::Uuid>() {
        Err(_) => who.to_owned(),
        Ok(id) => {
            let found = ports.store.begin(Access::Read).await?.users().find(UserId::new(id)).await?;
            found.ok_or(TestServerError::NoSuchUser)?.email.typed().to_owned()
        }
    };
    let command = LogInCommand {
        identifier,
        password: Secret::new(key.to_owned()),
        restore: false,
        remembered: true,
        device: Device { user_agent: UserAgent::keep(user_agent), ip_address: None },
        presented: Presented::default(),
    };
    match app.auth.log_in.execute(command).await {
        Ok(signed_in) => Ok(signed_in.into()),
        Err(LogInError::InvalidCredentials) => Err(TestServerError::NoSuchUser),
        Err(LogInError::Fault(fault)) => Err(fault.into()),
        Err(other) => Err(TestServerError::Refused(other.to_string())),
    }
}
