//! `doorward-test` and `testkit::server`: what they promise to the tests of a product, and that nothing of it is in the
//! real server.

mod absent;
mod clock;
mod documented;
mod example;
mod faults;
mod mails;
mod parallel;
mod people;
mod process;
mod snapshots;
mod stage;
