//! A page of the revocation feed as it stands in its JWT.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{FeedEntry, FeedPage};
use doorward_domain::{Digest, user::Epoch};
use serde::Serialize;

/// The payload of a page.
#[derive(Serialize)]
pub(super) struct PagePayload<'a> {
    iss: &'a str,
    iat: i64,
    after: String,
    next: String,
    complete: bool,
    retention: u64,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Session { sid: String },
    Subject { sub: String, epoch: Epoch },
    Key { kid: &'a str },
}

impl<'a> PagePayload<'a> {
    /// The payload that says what the page does.
    pub(super) fn new(page: &'a FeedPage, issuer: &'a str) -> Self {
        let FeedPage { as_of, after, next, complete, retention, entries } = page;
        let text = |digest: &Digest| URL_SAFE_NO_PAD.encode(digest.as_bytes());
        let entry = |entry: &'a FeedEntry| match entry {
            FeedEntry::Session(sid) => Entry::Session { sid: text(sid) },
            FeedEntry::Subject { subject, epoch } => Entry::Subject { sub: text(subject), epoch: *epoch },
            FeedEntry::Key(kid) => Entry::Key { kid },
        };
        Self {
            iss: issuer,
            iat: as_of.timestamp(),
            after: after.to_string(),
            next: next.to_string(),
            complete: *complete,
            // A part of a second counts: an entry is rather remembered too long.
            retention: retention.as_secs() + u64::from(retention.subsec_nanos() > 0),
            entries: entries.iter().map(entry).collect(),
        }
    }
}
