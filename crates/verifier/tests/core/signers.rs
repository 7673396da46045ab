//! Whoever holds the keys that the tests trust.

use std::sync::OnceLock;

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};

use super::*;

/// A private key.
pub(crate) enum Signer {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
    Hs256([u8; 32]),
}

/// The signer of an algorithm. Made once: RSA keys take their time.
pub(crate) fn signer(algorithm: Algorithm) -> &'static Signer {
    static SIGNERS: [OnceLock<Signer>; 4] = [const { OnceLock::new() }; 4];
    let index = Algorithm::ALL.iter().position(|other| *other == algorithm).unwrap();
    SIGNERS[index].get_or_init(|| Signer::generate(algorithm))
}

impl Signer {
    pub(crate) fn generate(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            Algorithm::EdDsa => Self::EdDsa(Ed25519KeyPair::generate().unwrap()),
            Algorithm::Rs256 => Self::Rs256(RsaKeyPair::generate(KeySize::Rsa3072).unwrap()),
            Algorithm::Hs256 => Self::Hs256([7; 32]),
        }
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) => Algorithm::Es256,
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Rs256(_) => Algorithm::Rs256,
            Self::Hs256(_) => Algorithm::Hs256,
        }
    }

    /// How the tests call the key.
    pub(crate) fn id(&self) -> String {
        format!("the-{}-key", self.algorithm().as_str())
    }

    pub(crate) fn key(&self) -> VerifyingKey {
        match self {
            Self::Hs256(secret) => VerifyingKey::from_secret(&self.id(), secret).unwrap(),
            _ => VerifyingKey::from_jwk(&self.jwk()).unwrap(),
        }
    }

    /// The public key, as the server publishes it.
    pub(crate) fn jwk(&self) -> Map<String, Value> {
        let mut jwk = match self {
            Self::Es256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y) })
            }
            Self::EdDsa(pair) => json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key()) }),
            Self::Rs256(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "n": base64url(public.n), "e": base64url(public.e) })
            }
            Self::Hs256(_) => panic!("a symmetric key has no public one"),
        };
        jwk["kid"] = self.id().into();
        jwk["alg"] = self.algorithm().as_str().into();
        jwk["use"] = "sig".into();
        object(jwk)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Self::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
            Self::Hs256(secret) => mac(secret, message),
        }
    }

    /// The header as the server writes it.
    pub(crate) fn header(&self, kind: &str) -> String {
        format!(r#"{{"typ":"{kind}","alg":"{}","kid":"{}"}}"#, self.algorithm().as_str(), self.id())
    }

    /// Any header and any payload under a good signature.
    pub(crate) fn assemble(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", base64url(header), base64url(payload));
        let signature = base64url(self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// A token that is good now.
    pub(crate) fn token(&self) -> String {
        self.assemble(&self.header("at+jwt"), &payload().to_string())
    }
}

pub(crate) fn mac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}
