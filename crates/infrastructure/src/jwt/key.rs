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
use jsonwebtoken::{
    DecodingKey, EncodingKey, Header, Validation,
    jwk::{AlgorithmParameters, Jwk, ThumbprintHash},
};
use serde::{Serialize, de::DeserializeOwned};

use super::SigningAlgorithm;
use crate::key_ring::{Key, KeyError, NewKey};

/// A key that signs and verifies with one algorithm.
pub(super) struct JwtKey {
    header: Header,
    /// The header as it stands in the token, so that the header that a token brings need not be understood: it is
    /// this one or it is none of ours.
    encoded_header: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    public: Option<PublicKey>,
}

impl JwtKey {
    /// RFC 9068 §2.1.
    const TYPE: &'static str = "at+jwt";
    /// The shortest RSA modulus: 3072 bits.
    const MIN_RSA_BYTES: usize = 384;
    /// The shortest HMAC secret (RFC 7518 §3.2).
    const MIN_HMAC_BYTES: usize = 32;
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
            let jwk = Jwk::from_encoding_key(&signing_key(algorithm, secret.expose())?, algorithm.jws()).ok()?;
            jwk.thumbprint(ThumbprintHash::SHA256).ok()?
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
            if secret.expose().len() < Self::MIN_HMAC_BYTES {
                return Err(unusable("an HMAC secret must have at least 32 bytes"));
            }
            (DecodingKey::from_secret(secret.expose()), None)
        } else {
            let jwk = Jwk::from_encoding_key(&signing, algorithm.jws()).map_err(|_| damaged())?;
            let material = material(&jwk).ok_or_else(damaged)?;
            if matches!(&material, PublicKeyMaterial::Rsa { n, .. } if n.len() < Self::MIN_RSA_BYTES) {
                return Err(unusable("an RSA key must have at least 3072 bits"));
            }
            (DecodingKey::from_jwk(&jwk).map_err(|_| damaged())?, Some(material))
        };

        let mut header = Header::new(algorithm.jws());
        header.typ = Some(Self::TYPE.to_owned());
        header.kid = Some(id.clone());
        let encoded_header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).map_err(|_| damaged())?);
        // What jsonwebtoken would check of the claims it checks by the system's clock, with a minute's leeway, and
        // only where they are present: the payload checks itself.
        let mut validation = Validation::new(algorithm.jws());
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let public = material.map(|material| PublicKey { id, algorithm: algorithm.as_str(), material });
        Ok(Self { header, encoded_header, signing, verifying, validation, public })
    }

    /// The part of the ring that is published.
    pub(super) const fn public(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// Whether a token with this first part is this key's.
    pub(super) fn has_header(&self, encoded: &str) -> bool {
        self.encoded_header == encoded
    }

    /// Signs a payload.
    pub(super) fn sign(&self, payload: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&self.header, payload, &self.signing)
    }

    /// The payload of a token with this key's header and this key's signature.
    pub(super) fn open<T: DeserializeOwned>(&self, token: &str) -> Result<T, jsonwebtoken::errors::Error> {
        Ok(jsonwebtoken::decode(token, &self.verifying, &self.validation)?.claims)
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
