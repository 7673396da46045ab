//! What the use cases need from outside: the driven ports.
//!
//! Each port's doc is a contract in MUSTs; each MUST is a test in `doorward-testkit`, and every adapter runs them
//! all. Use cases hold ports as `Arc<dyn Port>`.

pub mod clock;
pub mod id_generator;
pub mod one_time_tokens;
pub mod outbox;
pub mod password_blocklist;
pub mod password_hasher;
pub mod profiles;
pub mod refresh_token_codec;
pub mod secret_generator;
pub mod sessions;
pub mod store;
pub mod token_signer;
pub mod users;

pub use clock::Clock;
pub use id_generator::IdGenerator;
pub use one_time_tokens::OneTimeTokenRepository;
pub use outbox::{Message, MessageContent, OutboxRepository};
pub use password_blocklist::PasswordBlocklist;
pub use password_hasher::{HashError, PasswordHasher, Verdict};
pub use profiles::ProfileRepository;
pub use refresh_token_codec::{InvalidRefreshToken, RefreshTokenCodec, UnknownRefreshKey};
pub use secret_generator::SecretGenerator;
pub use sessions::SessionRepository;
pub use store::{Access, Store, StoreError, UnitOfWork};
pub use token_signer::{PublicKey, PublicKeyMaterial, SignError, TokenSigner, VerifyError};
pub use users::{InsertUserError, UpdateUserError, UserRepository};
