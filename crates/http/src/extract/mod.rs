//! What handlers take from a request.

mod actor;
pub(crate) mod bearer;
mod client;
mod client_ip;
mod form;
mod link_token;
mod path_id;
mod query;
mod strict_json;
mod valid_json;

pub(crate) use actor::{SignedIn, authenticate};
pub(crate) use client::{Client, address};
pub(crate) use form::Form;
pub(crate) use link_token::LinkToken;
pub(crate) use path_id::PathId;
pub(crate) use query::{ValidQuery, from_text};
pub(crate) use valid_json::{MAX_BODY, OptionalJson, Patch, ValidJson, decode, given, receive};
