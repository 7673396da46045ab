//! `doorward-test`: a doorward server for the tests of a product.
//!
//! It is [`doorward_testkit::server::TestServer`] as a program. Beside doorward's own address, which has doorward's own
//! routes and no other, it listens on a second one, by which a test is in charge: [`control`].

pub mod cli;
pub mod control;
