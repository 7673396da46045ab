//! `[gate]`: what is remembered of those who were let in.

use std::time::Duration;

use validator::Validate;

use crate::section::Section;

/// What is remembered of those who were let in, so that their next request asks no database.
#[derive(Clone, Copy, Debug, Validate)]
pub struct Gate {
    /// For how long it is relied on without news of the other nodes.
    pub max_staleness: Duration,
    /// The most access tokens.
    #[validate(range(min = 1, max = 10_000_000, message = "must be from 1 to 10000000"))]
    pub max_tokens: u32,
    /// The most sessions.
    #[validate(range(min = 1, max = 10_000_000, message = "must be from 1 to 10000000"))]
    pub max_sessions: u32,
}

impl Gate {
    const SHORTEST: Duration = Duration::from_secs(1);
    /// Other services take no page of the revocation feed that says what was known 30 seconds ago.
    const LONGEST: Duration = Duration::from_secs(20);

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let gate = Self {
            max_staleness: from.get("max_staleness"),
            max_tokens: from.get("max_tokens"),
            max_sessions: from.get("max_sessions"),
        };
        from.validate(&gate);
        if gate.max_staleness < Self::SHORTEST || gate.max_staleness > Self::LONGEST {
            from.refuse("max_staleness", "must be from 1s to 20s");
        }
        gate
    }
}
