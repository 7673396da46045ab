//! The examples of the RFCs. Where one is refused, the reason is a rule of ours.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use doorward_verifier::{KeySetError, SkippedKey, UnusableKey, thumbprint};

use super::*;

/// RFC 7515 §A.1.1, and the secret of RFC 7517 §A.3.
const HMAC_SECRET: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
/// The payload of RFC 7515 §A.1 to §A.3.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
/// RFC 7515 §A.2.1.
const RSA_A2: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SF\
    d2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBE\
    Ma2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDT\
    W9gb54h4FRWyuXpoQ";
const SIGNATURE_A2: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9\
    uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOL\
    n6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig\
    cN_IoypGlUPQGe77Rw";
/// RFC 7517 §A.1 and RFC 7638 §3.1.
const RSA_7517: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi\
    FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgd\
    AZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEg\
    U8awapJzKnqDKgw";

fn decode(base64url: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(base64url).unwrap()
}

/// Whether the key takes the last part of a compact JWS for its signature of the others.
fn verifies(key: &VerifyingKey, jws: &str) -> bool {
    let (message, signature) = jws.rsplit_once('.').unwrap();
    key.verifies(message.as_bytes(), &decode(signature))
}

/// None of the examples has `kid` and `typ`, and so the whole verifier refuses each, whatever its keys.
fn is_no_token_of_ours(jws: &str, key: VerifyingKey) {
    let keys = KeySet::from_keys([key]).unwrap();
    assert_eq!(verify_access_token(jws, &keys, &expected(), 1_300_819_000), Err(Refusal::Malformed), "{jws}");
}

fn jwk(members: Value) -> Result<VerifyingKey, UnusableKey> {
    VerifyingKey::from_jwk(&object(members))
}

#[test]
fn rfc_7515_a_1_is_an_hmac() {
    let jws = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let key = VerifyingKey::from_secret("a1", &decode(HMAC_SECRET)).unwrap();
    assert!(verifies(&key, &jws));
    assert!(!verifies(&key, &jws.replace("eyJ0eXAi", "eyJ0eXBi")));
    is_no_token_of_ours(&jws, key);
}

#[test]
fn rfc_7515_a_2_is_an_rsa_signature_of_a_key_that_is_too_weak() {
    let jws = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{SIGNATURE_A2}");
    let (message, _) = jws.rsplit_once('.').unwrap();
    let public = RsaPublicKeyComponents { n: decode(RSA_A2), e: decode("AQAB") };
    let verified = public.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &decode(SIGNATURE_A2));
    assert!(verified.is_ok(), "the signature is good");
    assert_eq!(jwk(json!({ "kty": "RSA", "n": RSA_A2, "e": "AQAB", "kid": "a2" })).err(), Some(UnusableKey::Weak));
    is_no_token_of_ours(&jws, signer(Algorithm::Rs256).key());
}

#[test]
fn rfc_7515_a_3_is_an_ecdsa_signature() {
    let jws = format!(
        "eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.\
         DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    let key = json!({
        "kty": "EC", "crv": "P-256", "kid": "a3",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let key = jwk(key).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Es256);
    assert!(verifies(&key, &jws));
    assert!(!verifies(&key, &jws.replace("eyJpc3Mi", "eyJpc3Nj")));
    is_no_token_of_ours(&jws, key);
}

#[test]
fn rfc_7515_a_4_is_of_an_algorithm_that_is_not_known() {
    let key = json!({
        "kty": "EC", "crv": "P-521", "kid": "a4",
        "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
        "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
    });
    assert_eq!(jwk(key).err(), Some(UnusableKey::Type));
    is_no_token_of_ours(
        "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34X\
         O0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
        signer(Algorithm::Es256).key(),
    );
}

#[test]
fn rfc_7515_a_5_is_not_signed() {
    for algorithm in Algorithm::ALL {
        is_no_token_of_ours(&format!("eyJhbGciOiJub25lIn0.{PAYLOAD}."), signer(algorithm).key());
    }
}

#[test]
fn rfc_7515_a_6_is_json_and_not_compact() {
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let ec = json!({
        "protected": "eyJhbGciOiJFUzI1NiJ9", "signature": signature,
        "header": { "kid": "e9bc097a-ce51-4036-9562-d2ade882db0d" },
    });
    let rsa = json!({
        "protected": "eyJhbGciOiJSUzI1NiJ9", "signature": SIGNATURE_A2, "header": { "kid": "2010-12-29" },
    });
    is_no_token_of_ours(
        &json!({ "payload": PAYLOAD, "signatures": [rsa, ec.clone()] }).to_string(),
        signer(Algorithm::Es256).key(),
    );
    let mut flattened = ec;
    flattened["payload"] = PAYLOAD.into();
    is_no_token_of_ours(&flattened.to_string(), signer(Algorithm::Es256).key());
}

#[test]
fn rfc_7517_a_1_has_a_key_for_encryption_and_a_weak_one() {
    let set = json!({ "keys": [
        {
            "kty": "EC", "crv": "P-256", "use": "enc", "kid": "1",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        },
        { "kty": "RSA", "n": RSA_7517, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" },
    ] });
    let keys = KeySet::parse(set.to_string().as_bytes()).unwrap();
    assert_eq!(keys.iter().count(), 0);
    let skipped = |id: &str, reason| SkippedKey { id: Some(id.to_owned()), reason };
    assert_eq!(keys.skipped(), [skipped("1", UnusableKey::Use), skipped("2011-04-29", UnusableKey::Weak)]);
}

#[test]
fn rfc_7517_a_2_and_a_3_are_private() {
    let private = json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "enc", "kid": "1",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
    }] });
    let symmetric = json!({ "keys": [
        { "kty": "oct", "alg": "A128KW", "k": "GawgguFyGrWKav7AX4VKUg" },
        { "kty": "oct", "k": HMAC_SECRET, "kid": "HMAC key used in JWS spec Appendix A.1 example" },
    ] });
    for set in [private, symmetric] {
        assert_eq!(KeySet::parse(set.to_string().as_bytes()).err(), Some(KeySetError::Private));
    }
}

/// The certificate in it is neither read nor asked for.
#[test]
fn rfc_7517_b_is_too_weak() {
    let key = json!({
        "kty": "RSA", "use": "sig", "kid": "1b94c", "e": "AQAB",
        "n": "vrjOfz9Ccdgx5nQudyhdoR17V-IubWMeOZCwX_jj0hgAsz2J_pqYW08PLbK_PdiVGKPrqzmDIsLI7sA25VEnHU1uCLNwBuUiCO11_-7dYbsr4iJmG\
              0Qu2j8DsVyT1azpJC_NG84Ty5KKthuCaPod7iI7w0LK9orSMhBEwwZDCxTWq4aYWAchc8t-emd9qOvWtVMDC2BXksRngh6X5bUYLy6AyHKvj-nUy1w\
              gzjYQDwHMTplCoLtU-o-8SNnZ1tmRoGE9uJkBLdh5gFENabWnU5m1ZqZPdwS-qo-meMvVfJb6jJVWRpl2SUtCnYG2C32qvbWbjZ_jBPD5eunqsIo1vQ",
        "x5c": ["MIIDQjCCAiqgAwIBAgIGATz/FuLiMA0GCSqGSIb3DQEBBQUA"],
    });
    assert_eq!(jwk(key).err(), Some(UnusableKey::Weak));
}

#[test]
fn rfc_7638_3_1_has_this_thumbprint() {
    let key = json!({ "kty": "RSA", "n": RSA_7517, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" });
    assert_eq!(thumbprint(&object(key)).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn rfc_8037_a_2_to_a_4_is_an_ed25519_signature() {
    let public = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let mut public = object(public);
    let id = thumbprint(&public).unwrap();
    assert_eq!(id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "A.3");
    assert_eq!(VerifyingKey::from_jwk(&public).err(), Some(UnusableKey::Name));
    public.insert("kid".to_owned(), id.into());
    let key = VerifyingKey::from_jwk(&public).unwrap();
    // A.4 and A.5.
    let jws = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
               hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert!(verifies(&key, jws));
    assert!(!verifies(&key, &jws.replace("RXhh", "RXhi")));
    is_no_token_of_ours(jws, key);
    // A.1 is the private key.
    public.insert("d".to_owned(), "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".into());
    assert_eq!(VerifyingKey::from_jwk(&public).err(), Some(UnusableKey::Private));
}

#[test]
fn a_symmetric_key_has_no_thumbprint() {
    assert_eq!(thumbprint(&object(json!({ "kty": "oct", "k": HMAC_SECRET }))), None);
    assert_eq!(thumbprint(&object(json!({ "kty": "RSA", "n": RSA_7517 }))), None, "a member is missing");
    assert_eq!(thumbprint(&object(json!({ "kty": "RSA", "n": 3, "e": "AQAB" }))), None, "not a text");
}
