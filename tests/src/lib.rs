//! Tests of the whole: `architecture/` holds the rules of the house, `api/` the server over its socket, `bench/` what
//! `make bench` runs. There is nothing here to depend on.
