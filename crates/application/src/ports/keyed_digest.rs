//! Digests that only the deployment can make.

use doorward_domain::Digest;

/// What a digest is for. The same bytes have another digest for another use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestUse {
    /// To find what was typed to sign in, without keeping it.
    Identifier,
    /// To sign the place in a list that a client is given back to.
    Cursor,
    /// To know a request again, without keeping it.
    Request,
    /// To count what is tried, without keeping by whom.
    Attempt,
    /// To sign what a browser shows that someone signed in with before.
    Device,
}

impl DigestUse {
    /// The name that separates the uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Cursor => "cursor",
            Self::Request => "request",
            Self::Attempt => "attempt",
            Self::Device => "device",
        }
    }
}

/// Makes keyed digests (RFC 2104, HMAC-SHA-256).
///
/// An adapter MUST make the same digest for the same bytes and use on every node and after every restart, and MUST
/// make it from a key that nobody can read from the store alone.
pub trait KeyedDigest: Send + Sync {
    /// The digest of these bytes, for this use.
    fn digest(&self, for_use: DigestUse, bytes: &[u8]) -> Digest;
}
