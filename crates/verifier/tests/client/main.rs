//! The verifier at work, against a server that does what a test tells it to.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod extractor;
mod fetching;
mod following;
mod keys;
mod lost_feed;
mod pages;
mod stub;
mod tasks;
mod time;
mod tokens;

use std::time::Duration;

use doorward_verifier::{Claims, LostFeed, Verifier, VerifierBuilder, VerifyError};
use stub::Stub;
use uuid::Uuid;

/// What it means to be signed in.
#[derive(Clone, Copy)]
struct Person {
    subject: Uuid,
    session: Uuid,
    epoch: u32,
}

const JANE: Person = Person { subject: Uuid::from_u128(1), session: Uuid::from_u128(2), epoch: 3 };

/// A verifier of the stub's tokens that has yet to start.
fn builder(stub: &Stub, lost_feed: LostFeed) -> VerifierBuilder {
    Verifier::builder(stub.url()).audience("shop").when_feed_is_lost(lost_feed).clock(stub.clock())
}

async fn start(stub: &Stub) -> Verifier {
    builder(stub, LostFeed::Refuse).start().await.unwrap()
}

fn refused(outcome: Result<Claims, VerifyError>) -> VerifyError {
    outcome.unwrap_err()
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
