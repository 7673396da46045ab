//! Passwords: hashed by Argon2id on threads of their own, whatever they were hashed with before, and kept off the lists
//! that attackers try first.

mod argon2;
mod bcrypt;
mod blocklist;
mod breached;
mod compound;
mod load;
mod metrics;
mod pbkdf2;
mod phc;
mod pool;
mod queue;
mod scrypt;
mod stored;
mod threads;

pub use blocklist::CommonPasswords;
pub use breached::{BreachedFileError, BreachedPasswords};
pub use pool::{HashingOptions, HashingPool, StartError};
pub use stored::recognise;
