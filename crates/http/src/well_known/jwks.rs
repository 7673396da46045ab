//! `GET /.well-known/jwks.json`

use actix_web::{HttpResponse, http::header, web::Data};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_application::ports::{PublicKey, PublicKeyMaterial};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{edge::Edge, problem::Code};

/// The keys with which anyone can verify access tokens (RFC 7517 §5).
#[derive(Serialize, ToSchema)]
pub(crate) struct JwksBody {
    keys: Vec<Jwk>,
}

#[derive(Serialize, ToSchema)]
struct Jwk {
    /// The name by which a token's header calls it.
    #[schema(example = "K5V7c0dY3mQ")]
    kid: String,
    #[schema(example = "sig")]
    r#use: &'static str,
    /// The one algorithm that it is for.
    #[schema(example = "ES256")]
    alg: &'static str,
    #[serde(flatten)]
    material: JwkMaterial,
}

/// RFC 7518 §6, RFC 8037 §2: every number is base64url without padding.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kty")]
enum JwkMaterial {
    #[serde(rename = "EC")]
    Ec {
        #[schema(example = "P-256")]
        crv: &'static str,
        #[schema(example = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4")]
        x: String,
        #[schema(example = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM")]
        y: String,
    },
    #[serde(rename = "OKP")]
    Okp {
        #[schema(example = "Ed25519")]
        crv: &'static str,
        #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
        x: String,
    },
    #[serde(rename = "RSA")]
    Rsa {
        #[schema(example = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc")]
        n: String,
        #[schema(example = "AQAB")]
        e: String,
    },
}

impl From<PublicKey> for Jwk {
    fn from(PublicKey { id, algorithm, material }: PublicKey) -> Self {
        let text = |number: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(number);
        let material = match material {
            PublicKeyMaterial::P256 { x, y } => JwkMaterial::Ec { crv: "P-256", x: text(&x), y: text(&y) },
            PublicKeyMaterial::Ed25519 { x } => JwkMaterial::Okp { crv: "Ed25519", x: text(&x) },
            PublicKeyMaterial::Rsa { n, e } => JwkMaterial::Rsa { n: text(&n), e: text(&e) },
        };
        Self { kid: id, r#use: "sig", alg: algorithm, material }
    }
}

pub(crate) const ERRORS: &[Code] = &[];

/// Publishes the keys that verify access tokens.
///
/// The set is empty where tokens are signed with a shared secret.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", operation_id = "jwks", tag = "Operations",
    responses((status = 200, description = "The keys.", body = JwksBody)),
)]
pub(crate) async fn handle(edge: Data<Edge>) -> HttpResponse {
    let published = &edge.app.operations.published_keys;
    // A new key is known everywhere before it signs: it waits for longer than this. Before the keys, because what is said
    // of later ones is longer.
    let cache = format!("public, max-age={}", published.cache_life().as_secs());
    let keys = published.execute().into_iter().map(Jwk::from).collect();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, cache)).json(JwksBody { keys })
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::{PublicKey, PublicKeyMaterial};
    use serde_json::{Value, json};

    use super::Jwk;

    fn jwk(algorithm: &'static str, material: PublicKeyMaterial) -> Value {
        serde_json::to_value(Jwk::from(PublicKey { id: "k".to_owned(), algorithm, material })).unwrap()
    }

    #[test]
    fn each_kind_of_key_has_its_members() {
        let zeros = "A".repeat(43);
        assert_eq!(
            jwk("ES256", PublicKeyMaterial::P256 { x: [0; 32], y: [0; 32] }),
            json!({"kid": "k", "use": "sig", "alg": "ES256", "kty": "EC", "crv": "P-256", "x": zeros, "y": zeros}),
        );
        assert_eq!(
            jwk("EdDSA", PublicKeyMaterial::Ed25519 { x: [0; 32] }),
            json!({"kid": "k", "use": "sig", "alg": "EdDSA", "kty": "OKP", "crv": "Ed25519", "x": zeros}),
        );
        assert_eq!(
            jwk("RS256", PublicKeyMaterial::Rsa { n: vec![0xff, 0xfe], e: vec![1, 0, 1] }),
            json!({"kid": "k", "use": "sig", "alg": "RS256", "kty": "RSA", "n": "__4", "e": "AQAB"}),
        );
    }
}
