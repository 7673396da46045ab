//! What is promised in figures.

mod delays;
mod figures;
mod rotation;
