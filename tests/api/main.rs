//! The whole server, over its socket: the real wiring on a port of its own and a database of its own a test, on
//! SQLite and on PostgreSQL. The clock is the tests' own; nothing sleeps.

mod account;
mod addresses;
mod admin;
mod answer;
mod app;
mod bad_input;
mod cookies;
mod durability;
mod forgotten;
mod gate;
mod idempotency;
mod invitations;
mod jwt;
mod keys;
mod log_in;
mod log_out;
mod logs;
mod mail;
mod master_secret;
mod me;
mod openapi;
mod passwords;
mod processes;
mod races;
mod readme;
mod refresh;
mod register;
mod request;
mod revocations;
mod routes;
mod sessions;
mod short_routes;
mod smtp;
mod throttle;
mod tokens;
