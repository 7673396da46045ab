//! The revocation log as a node follows it, and the feed that it makes of it.

mod feed;
mod stage;
mod timelines;
mod waiting;
