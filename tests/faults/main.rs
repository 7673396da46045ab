//! What a process and its database go through: an end without notice, in the middle of everything; a database that is
//! gone, does not answer, is slow or is locked by somebody else. Processes of the binary that `make test` has built, with
//! the machine's own clock.
//!
//! What takes long is here in a short form; `make prove-faults` runs the same at its full length, with the release
//! binary and the times that are promised, and prints what it measured.

#[path = "../nodes/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests of several nodes use the rest")]
mod harness;

mod database;
mod kills;
mod postgres;
mod probe;
mod size;
mod writer;
