//! What handlers take from a request.

mod actor;
pub(crate) mod bearer;
mod client;
mod client_ip;
mod form;
mod link_token;
mod path_id;
mod query;
mod return_to;
mod strict_json;
mod valid_json;

pub(crate) use actor::{SignedIn, actor, authenticate, authenticate_as};
pub(crate) use client::{Client, address, device};
pub(crate) use form::{Form, VIEWER};
pub(crate) use link_token::LinkToken;
pub(crate) use path_id::PathId;
pub(crate) use query::{Parameter, ValidQuery, from_text};
pub(crate) use return_to::ReturnTo;
pub(crate) use valid_json::{MAX_BODY, OptionalJson, Patch, ValidJson, decode, given, receive};
