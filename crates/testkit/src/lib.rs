//! Fakes, builders, and the contract of every port as tests that any adapter can run.

pub mod builders;
pub mod contract;
pub mod counting_ids;
pub mod counting_secrets;
pub mod fake_digests;
pub mod fake_refresh_tokens;
pub mod fake_signer;
pub mod fake_smith;
pub mod manual_clock;
pub mod memory_store;
pub mod plain_hasher;
pub mod recording_mailer;
pub mod recording_meter;
#[cfg(feature = "server")]
pub mod server;

pub use counting_ids::CountingIds;
pub use counting_secrets::CountingSecrets;
pub use fake_digests::FakeDigests;
pub use fake_refresh_tokens::FakeRefreshTokens;
pub use fake_signer::FakeSigner;
pub use fake_smith::FakeSmith;
pub use manual_clock::ManualClock;
pub use memory_store::MemoryStore;
pub use plain_hasher::PlainHasher;
pub use recording_mailer::RecordingMailer;
pub use recording_meter::RecordingMeter;
