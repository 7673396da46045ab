//! What the use cases need from outside: the driven ports.
//!
//! Each port's doc is a contract in MUSTs; each MUST is a test in `doorward-testkit`, and every adapter runs them
//! all. Use cases hold ports as `Arc<dyn Port>`.

pub mod attempts;
pub mod audit;
pub mod clock;
pub mod id_generator;
pub mod invitations;
pub mod kept_answers;
pub mod key_smith;
pub mod keyed_digest;
pub mod mailer;
pub mod meter;
pub mod one_time_tokens;
pub mod outbox;
pub mod password_blocklist;
pub mod password_hasher;
pub mod profiles;
pub mod refresh_token_codec;
pub mod revocation_feed;
pub mod revocations;
pub mod secret_generator;
pub mod sessions;
pub mod signing_keys;
pub mod store;
pub mod token_signer;
pub mod users;

pub use attempts::{AttemptCounters, Counted, TakeError};
pub use audit::{AuditFilter, AuditRepository};
pub use clock::Clock;
pub use id_generator::IdGenerator;
pub use invitations::InvitationRepository;
pub use kept_answers::{Claim, Claimed, KeptAnswerRepository};
pub use key_smith::{KeySmith, MadeKey, SmithError};
pub use keyed_digest::{DigestUse, KeyedDigest};
pub use mailer::{Mailer, SendError};
pub use meter::{Event, Meter};
pub use one_time_tokens::OneTimeTokenRepository;
pub use outbox::{Facts, Lease, LeasedMessage, Message, MessageKind, OutboxDepth, OutboxRepository, QueuedMessage};
pub use password_blocklist::PasswordBlocklist;
pub use password_hasher::{HashError, PasswordHasher, UnusableHash, Verdict};
pub use profiles::ProfileRepository;
pub use refresh_token_codec::{InvalidRefreshToken, RefreshTokenCodec, UnknownRefreshKey};
pub use revocation_feed::{FeedEntry, FeedPage};
pub use revocations::{RevocationBus, RevocationRepository};
pub use secret_generator::SecretGenerator;
pub use sessions::{KnownDevice, SessionRepository};
pub use signing_keys::{SigningKeyRepository, StoredSigningKey};
pub use store::{Access, Store, StoreError, UnitOfWork};
pub use token_signer::{PublicKey, PublicKeyMaterial, RenewError, SignError, TokenSigner, VerifyError};
pub use users::{InsertUserError, NewUser, Taken, UpdateUserError, UserFilter, UserRepository};
