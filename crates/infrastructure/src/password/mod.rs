//! Passwords: hashed by Argon2id on threads of their own, and kept off the lists that attackers try first.

mod argon2;
mod bcrypt;
mod blocklist;
mod compound;
mod load;
mod pool;
mod queue;
mod threads;

pub use blocklist::CommonPasswords;
pub use pool::{HashingOptions, HashingPool, StartError};
