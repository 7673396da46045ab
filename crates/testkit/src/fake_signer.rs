//! A token signer without cryptography.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{
    FeedEntry, FeedPage, PublicKey, PublicKeyMaterial, RenewError, SignError, StoredSigningKey, TokenSigner,
    VerifyError,
};
use doorward_domain::{
    Digest, Secret, Timestamp,
    key::{KeyMoments, Ring, SigningKey},
    token::AccessClaims,
};
use serde_json::{Value, json};

/// Remembers the tokens it has issued: what it did not issue is not one of its tokens, whatever it says. The tokens
/// look like JWTs. A key is made of its own name, as [`FakeSmith`](crate::FakeSmith) makes it.
#[derive(Debug)]
pub struct FakeSigner(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    ring: Ring,
    /// Beside each, the key that signed it.
    issued: HashMap<String, (String, AccessClaims)>,
}

/// With a key of its own, for tests that are not about keys.
impl Default for FakeSigner {
    fn default() -> Self {
        Self::of_key("fake")
    }
}

impl FakeSigner {
    const ALGORITHM: &str = "ES256";

    /// A signer that has no key.
    #[must_use]
    pub fn without_keys() -> Self {
        Self(Mutex::default())
    }

    /// A signer with this key.
    #[must_use]
    pub fn of_key(id: &str) -> Self {
        let always = Timestamp::UNIX_EPOCH;
        let moments = KeyMoments { published_at: always, signs_from: always, revoked_at: None, retired_at: None };
        let key = SigningKey::stored(id.to_owned(), Self::ALGORITHM.to_owned(), moments).expect("a key of one moment");
        Self(Mutex::new(State { ring: Ring::new(vec![key]), issued: HashMap::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Signs as the key that signs now. What is signed twice has two signatures.
    fn sign(&self, typ: &str, payload: &Value, now: Timestamp) -> Result<(String, String), SignError> {
        let key = self.ring.signing(now).ok_or_else(no_key)?;
        let header = part(&json!({ "alg": key.algorithm(), "typ": typ, "kid": key.id() }));
        let signature = part(&json!([key.id(), self.issued.len()]));
        Ok((key.id().to_owned(), format!("{header}.{}.{signature}", part(payload))))
    }

    fn holds(&self, key: &str) -> bool {
        self.ring.keys().iter().any(|other| other.id() == key && other.holds())
    }
}

fn no_key() -> SignError {
    SignError("there is no key to sign with".to_owned())
}

fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

impl TokenSigner for FakeSigner {
    fn sign(&self, claims: &AccessClaims, now: Timestamp) -> Result<Secret<String>, SignError> {
        let payload = json!({
            "iss": "fake",
            "aud": "fake",
            "client_id": "fake",
            "sub": claims.subject.to_string(),
            "sid": claims.session_id.to_string(),
            "jti": claims.token_id.to_string(),
            "epoch": claims.epoch,
            "iat": claims.issued_at.timestamp(),
            "nbf": claims.issued_at.timestamp(),
            "exp": claims.expires_at.timestamp(),
            "role": claims.role.as_str(),
        });
        let mut state = self.state();
        let (key, token) = state.sign("at+jwt", &payload, now)?;
        state.issued.insert(token.clone(), (key, claims.clone()));
        Ok(Secret::new(token))
    }

    fn can_sign(&self, now: Timestamp) -> Result<(), SignError> {
        self.state().ring.signing(now).map(drop).ok_or_else(no_key)
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, VerifyError> {
        let state = self.state();
        let (_, claims) = state
            .issued
            .get(token)
            .filter(|(key, claims)| state.holds(key) && claims.issued_at <= now)
            .ok_or(VerifyError::Invalid)?;
        if now >= claims.expires_at { Err(VerifyError::Expired) } else { Ok(claims.clone()) }
    }

    fn sign_page(&self, page: &FeedPage, now: Timestamp) -> Result<String, SignError> {
        let text = |digest: &Digest| URL_SAFE_NO_PAD.encode(digest.as_bytes());
        let entry = |entry: &FeedEntry| match entry {
            FeedEntry::Session(sid) => json!({ "sid": text(sid) }),
            FeedEntry::Subject { subject, epoch } => json!({ "sub": text(subject), "epoch": epoch }),
            FeedEntry::Key(kid) => json!({ "kid": kid }),
        };
        let payload = json!({
            "iss": "fake",
            "iat": page.as_of.timestamp(),
            "after": page.after.to_string(),
            "next": page.next.to_string(),
            "complete": page.complete,
            "retention": page.retention.as_secs(),
            "entries": page.entries.iter().map(entry).collect::<Vec<_>>(),
        });
        Ok(self.state().sign("revocations+jwt", &payload, now)?.1)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        let state = self.state();
        let held = state.ring.keys().iter().filter(|key| key.holds());
        let public = |key: &SigningKey| {
            let algorithm = ["ES256", "EdDSA", "RS256"].into_iter().find(|known| *known == key.algorithm())?;
            let x = *Digest::of(key.id().as_bytes()).as_bytes();
            Some(PublicKey { id: key.id().to_owned(), algorithm, material: PublicKeyMaterial::P256 { x, y: x } })
        };
        held.filter_map(public).collect()
    }

    fn renew(&self, keys: &[StoredSigningKey]) -> Result<(), RenewError> {
        let mut state = self.state();
        let ring = Ring::new(keys.iter().map(|stored| stored.key.clone()).collect());
        let opens = |stored: &&StoredSigningKey| stored.sealed.as_deref() == Some(stored.key.id().as_bytes());
        let damaged = keys.iter().filter(|stored| stored.key.holds()).find(|stored| !opens(stored));
        let Some(damaged) = damaged else {
            state.ring = ring;
            return Ok(());
        };
        let known = |key: &SigningKey| state.ring.keys().iter().any(|before| before.id() == key.id());
        state.ring = Ring::new(ring.keys().iter().filter(|key| known(key) || !key.holds()).cloned().collect());
        Err(RenewError(format!("{} does not open", damaged.key.id())))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::FakeSigner;
    use crate::{FakeSmith, contract::token_signer::Subject};

    /// With the signature that the first token has.
    fn forge(header: &str, payload: &str) -> String {
        [header, payload, r#"["fake",0]"#].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
    }

    crate::token_signer_contract!(Subject {
        signer: Box::new(FakeSigner::default()),
        stranger: Box::new(FakeSigner::of_key("stranger")),
        keyless: Box::new(FakeSigner::without_keys()),
        algorithm: FakeSigner::ALGORITHM,
        keys: [1, 2, 3].map(FakeSmith::nth),
        forge: Box::new(forge),
        access_ttl: Duration::from_mins(10),
    });
}
