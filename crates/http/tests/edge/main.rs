//! The edge as a client meets it: the real routes, guards and use cases, over fakes.

mod account;
mod admin;
mod answer;
mod any_request;
mod bodies;
mod browsers;
mod failures;
mod harness;
mod log_in;
mod log_out;
mod logs;
mod me;
mod openapi;
mod pages;
mod paths;
mod refresh;
mod register;
mod schema;
mod security_headers;
mod sessions;
mod short_routes;
mod well_known;
mod wild_request;
mod wild_world;
