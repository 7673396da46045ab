//! One key of the ring: how it is made, and what it signs and verifies with.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::{self, SystemRandom},
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{PublicKey, PublicKeyMaterial};
use doorward_domain::Secret;
use doorward_verifier::{UnusableKey, VerifyingKey, thumbprint};
use jsonwebtoken::{
    EncodingKey, Header,
    jwk::{AlgorithmParameters, Jwk},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::SigningAlgorithm;
use crate::key_ring::{Key, KeyError, NewKey};

/// A key that signs and verifies with one algorithm.
pub(super) struct JwtKey {
    header: Header,
    page_header: Header,
    signing: EncodingKey,
    verifying: VerifyingKey,
    public: Option<PublicKey>,
}

impl JwtKey {
    /// The type of access tokens (RFC 9068 §2.1).
    const TYPE: &'static str = "at+jwt";
    /// The type of pages of the revocation feed.
    const PAGE_TYPE: &'static str = "revocations+jwt";
    /// The length of what PKCS #8 puts before the key itself, for an RSA key whose lengths take two bytes.
    const RSA_PKCS8_PREFIX: usize = 26;

    /// Makes a key.
    ///
    /// The id of a key pair is its thumbprint (RFC 7638), which anyone can compute from the public key. That of a
    /// symmetric key is random: a thumbprint would publish a function of the secret (RFC 7638 §7).
    pub(super) fn generate(algorithm: SigningAlgorithm) -> Option<NewKey> {
        let random = SystemRandom::new();
        let secret = match algorithm {
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).ok()?.as_ref().to_vec()
            }
            SigningAlgorithm::EdDsa => Ed25519KeyPair::generate_pkcs8v1(&random).ok()?.as_ref().to_vec(),
            SigningAlgorithm::Rs256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa3072).ok()?;
                AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).ok()?.as_ref().to_vec()
            }
            SigningAlgorithm::Hs256 => random_bytes()?.to_vec(),
        };
        let secret = Secret::new(secret);
        let id = if algorithm == SigningAlgorithm::Hs256 {
            URL_SAFE_NO_PAD.encode(random_bytes()?)
        } else {
            let signing = signing_key(algorithm, secret.expose())?;
            thumbprint(&members(&Jwk::from_encoding_key(&signing, algorithm.jws()).ok()?)?)?
        };
        Some(NewKey { id, secret })
    }

    /// Takes a key of the ring into use.
    pub(super) fn load(key: Key) -> Result<Self, KeyError> {
        let Key { id, algorithm, secret } = key;
        let unusable = |reason| KeyError::Unusable { id: id.clone(), reason };
        let algorithm =
            SigningAlgorithm::parse(&algorithm).ok_or_else(|| unusable("this version does not know its algorithm"))?;
        let damaged = || unusable("it is damaged");

        let signing = signing_key(algorithm, secret.expose()).ok_or_else(damaged)?;
        let (verifying, material) = if algorithm == SigningAlgorithm::Hs256 {
            (VerifyingKey::from_secret(&id, secret.expose()), None)
        } else {
            let jwk = Jwk::from_encoding_key(&signing, algorithm.jws()).map_err(|_| damaged())?;
            let mut members = members(&jwk).ok_or_else(damaged)?;
            members.insert("kid".to_owned(), id.clone().into());
            (VerifyingKey::from_jwk(&members), Some(material(&jwk).ok_or_else(damaged)?))
        };
        let verifying = verifying.map_err(|cause| match cause {
            UnusableKey::Weak => unusable("it is too weak: RSA needs 3072 bits, HMAC 32 bytes"),
            UnusableKey::Name | UnusableKey::Type | UnusableKey::Use | UnusableKey::Private | UnusableKey::Damaged => {
                damaged()
            }
        })?;

        let header = |typ: &str| {
            let mut header = Header::new(algorithm.jws());
            header.typ = Some(typ.to_owned());
            header.kid = Some(id.clone());
            header
        };
        let (header, page_header) = (header(Self::TYPE), header(Self::PAGE_TYPE));
        let public = material.map(|material| PublicKey { id, algorithm: algorithm.as_str(), material });
        Ok(Self { header, page_header, signing, verifying, public })
    }

    /// `kid`.
    pub(super) fn id(&self) -> &str {
        self.verifying.id()
    }

    /// The part of the ring that is published.
    pub(super) const fn public(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// What verifies its signatures.
    pub(super) const fn verifying(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// Signs the payload of an access token.
    pub(super) fn sign_token(&self, payload: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&self.header, payload, &self.signing)
    }

    /// Signs the payload of a page of the revocation feed.
    pub(super) fn sign_page(&self, payload: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&self.page_header, payload, &self.signing)
    }
}

fn random_bytes() -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).ok()?;
    Some(bytes)
}

fn signing_key(algorithm: SigningAlgorithm, secret: &[u8]) -> Option<EncodingKey> {
    Some(match algorithm {
        SigningAlgorithm::Es256 => EncodingKey::from_ec_der(secret),
        SigningAlgorithm::EdDsa => EncodingKey::from_ed_der(secret),
        // jsonwebtoken wants the bare key of RFC 8017, which PKCS #8 wraps.
        SigningAlgorithm::Rs256 => EncodingKey::from_rsa_der(secret.get(JwtKey::RSA_PKCS8_PREFIX..)?),
        SigningAlgorithm::Hs256 => EncodingKey::from_secret(secret),
    })
}

/// A public key as JSON has it.
fn members(jwk: &Jwk) -> Option<Map<String, Value>> {
    match serde_json::to_value(jwk).ok()? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// The numbers of a public key.
fn material(jwk: &Jwk) -> Option<PublicKeyMaterial> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let coordinate = |text: &str| bytes(text)?.try_into().ok();
    Some(match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(point) => {
            PublicKeyMaterial::P256 { x: coordinate(&point.x)?, y: coordinate(&point.y)? }
        }
        AlgorithmParameters::OctetKeyPair(point) => PublicKeyMaterial::Ed25519 { x: coordinate(&point.x)? },
        AlgorithmParameters::RSA(key) => PublicKeyMaterial::Rsa { n: bytes(&key.n)?, e: bytes(&key.e)? },
        _ => return None,
    })
}
