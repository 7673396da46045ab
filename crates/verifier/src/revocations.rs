//! Pages of the revocation feed.

use std::time::Duration;

use aws_lc_rs::digest;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    KeySet, Refusal, VerifyingKey,
    claims::leeway,
    encoding,
    jws::{self, Kind},
};

/// What a page must say to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedPage<'a> {
    /// `iss`, to the byte.
    pub issuer: &'a str,
    /// `after`: the cursor that was asked with, 0 where there was none.
    pub after: u64,
    /// How old a page may be, in whole seconds: an older one may be silent about what was revoked since.
    pub max_age: Duration,
    /// How far the issuer's clock may be off, in whole seconds. More than
    /// [`MAX_LEEWAY`](crate::Expected::MAX_LEEWAY) counts as that.
    pub leeway: Duration,
}

/// What was revoked between two cursors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationPage {
    /// `iat`: the moment up to which it tells, in seconds since 1970.
    pub issued_at: i64,
    /// `after`: from where on.
    pub after: u64,
    /// `next`: the cursor to ask with next. It is before `after` where the log is not the one that it was.
    pub next: u64,
    /// `complete`: nothing more was in the log when it was read. Otherwise ask again at once.
    pub complete: bool,
    /// `retention`: for how long after it was received an entry must be remembered.
    pub retention: Duration,
    /// `entries`: what was revoked, in the order of the log.
    pub entries: Vec<RevocationEntry>,
}

/// One thing that is revoked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RevocationEntry {
    /// `sid`: tokens of the session with this digest are dead.
    Session([u8; 32]),
    /// `sub` and `epoch`: tokens of the subject with this digest whose epoch is below this one are dead.
    Subject {
        /// Whose.
        digest: [u8; 32],
        /// The first epoch that holds.
        epoch: u32,
    },
    /// `kid`: what the key of this name has signed is dead.
    Key(String),
}

/// By what the feed names a session or a subject: SHA-256 of the id's lower-case hyphenated text.
#[must_use]
pub fn digest_of(id: Uuid) -> [u8; 32] {
    let mut bytes = [0; 32];
    let digest = digest::digest(&digest::SHA256, id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    iat: i64,
    after: String,
    next: String,
    complete: bool,
    retention: u32,
    entries: Vec<Map<String, Value>>,
}

/// A page that one of the keys has signed, and that is what is expected, at `now`, in seconds since 1970.
///
/// An entry of a kind that is not known here makes the whole page be refused: to pass over it would be to go on
/// accepting what was revoked.
pub fn verify_revocation_page(
    jws: &str,
    keys: &KeySet,
    expected: &ExpectedPage<'_>,
    now: i64,
) -> Result<RevocationPage, Refusal> {
    let signed = jws::open(jws, Kind::Revocations, keys)?;
    let members = encoding::object(&signed.payload).ok_or(Refusal::Claims)?;
    let payload: Payload = serde_json::from_value(Value::Object(members)).map_err(|_| Refusal::Claims)?;
    if payload.iss != expected.issuer {
        return Err(Refusal::Issuer);
    }
    let page = payload.page().ok_or(Refusal::Claims)?;
    if page.after != expected.after {
        return Err(Refusal::Cursor);
    }
    let leeway = leeway(expected.leeway);
    if now < page.issued_at.saturating_sub(leeway) {
        return Err(Refusal::NotYet);
    }
    let max_age = i64::try_from(expected.max_age.as_secs()).unwrap_or(i64::MAX);
    if now > page.issued_at.saturating_add(max_age).saturating_add(leeway) {
        return Err(Refusal::Expired);
    }
    Ok(page)
}

impl Payload {
    fn page(self) -> Option<RevocationPage> {
        Some(RevocationPage {
            issued_at: self.iat,
            after: cursor(&self.after)?,
            next: cursor(&self.next)?,
            complete: self.complete,
            retention: Duration::from_secs(self.retention.into()),
            entries: self.entries.iter().map(entry).collect::<Option<_>>()?,
        })
    }
}

/// A number in its one decimal spelling.
fn cursor(text: &str) -> Option<u64> {
    text.parse().ok().filter(|cursor: &u64| cursor.to_string() == text)
}

fn entry(members: &Map<String, Value>) -> Option<RevocationEntry> {
    let text = |name| members.get(name)?.as_str();
    let digest = |name| text(name).and_then(encoding::array);
    let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
    names.sort_unstable();
    Some(match *names {
        ["sid"] => RevocationEntry::Session(digest("sid")?),
        ["epoch", "sub"] => {
            let epoch = u32::try_from(members.get("epoch")?.as_u64()?).ok()?;
            RevocationEntry::Subject { digest: digest("sub")?, epoch }
        }
        ["kid"] => RevocationEntry::Key(text("kid").filter(|id| VerifyingKey::is_id(id))?.to_owned()),
        _ => return None,
    })
}
