//! Long lists, a page at a time.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_domain::Rejection;
use uuid::Uuid;

use crate::{
    FieldErrors, Ports,
    ports::{DigestUse, KeyedDigest},
};

/// Which page of a list is wanted.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// Where the page before ended, as it was said there.
    pub cursor: Option<String>,
    /// How many entries at the most: 1 to [`PageRequest::MAX`], else [`PageRequest::DEFAULT`].
    pub limit: Option<u32>,
}

impl PageRequest {
    /// How many entries a page has if nothing else is wanted.
    pub const DEFAULT: u32 = 50;
    /// The most entries of a page.
    pub const MAX: u32 = 200;
}

/// A part of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// A page request that was read.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) after: Option<Uuid>,
    pub(crate) limit: u32,
}

/// Signs the places in lists that clients are given back to. A cursor is good for the list that it came from, with
/// the filters that it came with, and for no other.
#[derive(Clone)]
pub(crate) struct Cursors {
    digests: Arc<dyn KeyedDigest>,
}

impl Cursors {
    /// How many bytes of the digest a cursor carries: to guess 128 bits gives nothing that an administrator may not
    /// have.
    const TAG: usize = 16;

    pub(crate) fn new(ports: &Ports) -> Self {
        Self { digests: Arc::clone(&ports.digests) }
    }

    /// Reads what was asked for. `list` names the list and its filters.
    pub(crate) fn read(&self, request: &PageRequest, list: &str) -> Result<Place, FieldErrors> {
        let mut errors = FieldErrors::default();
        let limit = request.limit.unwrap_or(PageRequest::DEFAULT);
        if !(1..=PageRequest::MAX).contains(&limit) {
            errors.refuse("limit", Rejection::Malformed { expected: "1 to 200" });
        }
        let after = request.cursor.as_deref().map(|cursor| self.open(cursor, list));
        if after == Some(None) {
            let expected = "the nextCursor of the page before, with the same filters";
            errors.refuse("cursor", Rejection::Malformed { expected });
        }
        if errors.is_empty() { Ok(Place { after: after.flatten(), limit }) } else { Err(errors) }
    }

    /// Makes a page of what was found, when one entry more than the page has was looked for.
    pub(crate) fn page<T>(&self, mut items: Vec<T>, place: Place, list: &str, id: impl Fn(&T) -> Uuid) -> Page<T> {
        let limit = place.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| self.seal(id(last), list));
        Page { items, next }
    }

    fn seal(&self, id: Uuid, list: &str) -> String {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.tag(id, list));
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    fn open(&self, cursor: &str, list: &str) -> Option<Uuid> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (id, tag) = bytes.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        (tag == self.tag(id, list)).then_some(id)
    }

    fn tag(&self, id: Uuid, list: &str) -> [u8; Self::TAG] {
        let signed = [id.as_bytes(), list.as_bytes()].concat();
        let digest = self.digests.digest(DigestUse::Cursor, &signed);
        let mut tag = [0; Self::TAG];
        tag.copy_from_slice(&digest.as_bytes()[..Self::TAG]);
        tag
    }
}
