//! Several nodes on one database: processes of the binary that `make test` has built, with the machine's own clock, and
//! services that verify tokens with doorward-verifier beside them.
//!
//! What takes long enough to be measured is here in a short form; `make prove-nodes` runs the same at its full length,
//! with the release binary, and prints what it measured.

#[expect(dead_code, reason = "the tests of faults use the rest")]
mod harness;

mod backups;
mod bus;
mod changes;
mod command_line;
mod half_open;
mod keys;
mod migrations;
mod nginx;
mod proof;
mod restarts;
mod sign_outs;
mod stops;
