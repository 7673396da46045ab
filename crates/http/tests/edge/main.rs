//! The edge as a client meets it: the real routes, guards and use cases, over fakes.

mod bodies;
mod browsers;
mod failures;
mod harness;
mod log_in;
mod log_out;
mod logs;
mod me;
mod paths;
mod refresh;
mod register;
mod sessions;
mod short_routes;
mod well_known;
