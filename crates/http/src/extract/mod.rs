//! What handlers take from a request.

mod actor;
pub(crate) mod bearer;
mod client;
mod client_ip;
mod strict_json;
mod valid_json;

pub(crate) use actor::{SignedIn, authenticate};
pub(crate) use client::{Client, address};
pub(crate) use valid_json::{MAX_BODY, OptionalJson, Patch, ValidJson, decode, given};
