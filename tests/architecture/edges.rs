//! Who may know whom.

use crate::house::{Dependency, HOUSE, Package, hold};

/// A crate of the house: its name, whom it may know, and whom only its tests may know besides.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

/// The dependency rule. Arrows point inwards: `domain` knows nobody, nobody but what tests knows the server.
const EDGES: [Row; 11] = [
    ("doorward-domain", &[], &[]),
    ("doorward-application", &["doorward-domain"], &["doorward-testkit"]),
    (
        "doorward-infrastructure",
        &["doorward-application", "doorward-domain", "doorward-migrations", "doorward-verifier"],
        &["doorward-testkit"],
    ),
    ("doorward-http", &["doorward-application", "doorward-domain"], &["doorward-testkit"]),
    (
        "doorward-testkit",
        &[
            "doorward",
            "doorward-application",
            "doorward-domain",
            "doorward-http",
            "doorward-infrastructure",
            "doorward-settings",
        ],
        &[],
    ),
    ("doorward-test", &["doorward-testkit"], &[]),
    ("doorward-settings", &["doorward-domain"], &[]),
    ("doorward-migrations", &[], &[]),
    ("doorward-verifier", &[], &[]),
    (
        "doorward",
        &[
            "doorward-application",
            "doorward-domain",
            "doorward-http",
            "doorward-infrastructure",
            "doorward-migrations",
            "doorward-settings",
        ],
        &[],
    ),
    (
        "doorward-tests",
        &[
            "doorward",
            "doorward-application",
            "doorward-domain",
            "doorward-http",
            "doorward-infrastructure",
            "doorward-settings",
            "doorward-test",
            "doorward-testkit",
            "doorward-verifier",
        ],
        &[],
    ),
];

/// All that the two inner crates may know from outside.
const OUTSIDE: [(&str, &[&str]); 2] = [
    (
        "doorward-domain",
        &[
            "base64",
            "chrono",
            "idna",
            "sha2",
            "thiserror",
            "unicode-normalization",
            "uuid",
            "validator",
            "woothee",
            "zeroize",
        ],
    ),
    (
        "doorward-application",
        &["async-trait", "base64", "chrono", "futures-util", "mockall", "quick_cache", "thiserror", "tokio", "uuid"],
    ),
];

/// Crates that belong to one layer, and who may know them. The tests of the whole look from outside, so they may
/// open a database and read a token themselves.
const OWNERS: [(&str, &[&str]); 17] = [
    (
        "actix-web",
        &["doorward-http", "doorward", "doorward-test", "doorward-testkit", "doorward-tests", "doorward-verifier"],
    ),
    ("argon2", &["doorward-infrastructure", "doorward-tests"]),
    ("askama", &["doorward-http"]),
    ("aws-lc-rs", &["doorward-infrastructure", "doorward-tests", "doorward-verifier"]),
    ("bcrypt", &["doorward-infrastructure", "doorward-tests"]),
    ("jsonwebtoken", &["doorward-infrastructure", "doorward-tests"]),
    ("lettre", &["doorward-infrastructure"]),
    ("opentelemetry", &["doorward-http", "doorward"]),
    ("opentelemetry-otlp", &["doorward"]),
    ("opentelemetry_sdk", &["doorward"]),
    ("prometheus-client", &["doorward-http", "doorward-infrastructure", "doorward"]),
    ("scrypt", &["doorward-infrastructure"]),
    ("sea-orm", &["doorward-infrastructure", "doorward-tests"]),
    ("sea-orm-migration", &["doorward-infrastructure", "doorward-migrations"]),
    ("sqlx", &["doorward-infrastructure", "doorward-tests"]),
    ("tracing-opentelemetry", &["doorward-http", "doorward"]),
    ("ureq", &["doorward"]),
];

fn forbidden_edges(packages: &[Package], table: &[Row]) -> Vec<String> {
    let row = |name: &str| table.iter().find(|(known, ..)| *known == name);
    let is_ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut found = Vec::new();
    for package in packages {
        let Some((name, knows, tests_know)) = row(&package.name) else {
            found.push(format!("{} has no row", package.name));
            continue;
        };
        for Dependency { name: known, dev } in &package.dependencies {
            // A crate's tests may switch on a feature of the crate itself.
            let for_tests = *dev && (known == name || tests_know.contains(&known.as_str()));
            let allowed = knows.contains(&known.as_str()) || for_tests;
            if is_ours(known) && !allowed {
                found.push(format!("{name} must not know {known}"));
            }
        }
    }
    found.extend(table.iter().filter(|(name, ..)| !is_ours(name)).map(|(name, ..)| format!("{name} does not exist")));
    found
}

fn strangers(packages: &[Package], table: &[(&str, &[&str])]) -> Vec<String> {
    let is_ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut found = Vec::new();
    for (name, allowed) in table {
        for package in packages.iter().filter(|package| package.name == *name) {
            let known = package.dependencies.iter().filter(|known| !known.dev && !is_ours(&known.name));
            let strange = known.filter(|known| !allowed.contains(&known.name.as_str()));
            found.extend(strange.map(|known| format!("{name} knows {}", known.name)));
        }
    }
    found
}

fn trespassers(packages: &[Package], table: &[(&str, &[&str])]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        for known in &package.dependencies {
            let owners = table.iter().find(|(name, _)| *name == known.name);
            if owners.is_some_and(|(_, owners)| !owners.contains(&package.name.as_str())) {
                found.push(format!("{} knows {}", package.name, known.name));
            }
        }
    }
    found
}

#[test]
fn every_crate_knows_only_whom_the_table_allows() {
    hold(
        "Turn the dependency round with a port, or move the code to the crate that may know it. Only a new crate, or a \
         decision that has an ADR, changes EDGES in tests/architecture/edges.rs:",
        &forbidden_edges(&HOUSE.packages, &EDGES),
    );
}

#[test]
fn domain_and_application_know_only_the_outside_crates_of_the_list() {
    hold(
        "Put what needs the crate behind a port in application/src/ports and use the crate in infrastructure. If it is \
         pure and small, enter it in OUTSIDE in tests/architecture/edges.rs:",
        &strangers(&HOUSE.packages, &OUTSIDE),
    );
}

#[test]
fn database_tokens_hashing_mail_and_http_stay_in_their_layer() {
    hold(
        "Each of these crates belongs to the layer that OWNERS in tests/architecture/edges.rs names. Call it from there \
         through a port:",
        &trespassers(&HOUSE.packages, &OWNERS),
    );
}

/// What testkit knows for its feature `server` alone.
const ONLY_FOR_THE_SERVER: [&str; 5] =
    ["actix-web", "doorward", "doorward-http", "doorward-infrastructure", "doorward-settings"];

/// Of a manifest whose features name dependencies: those of these that are there without a feature.
fn always_there(manifest: &toml::Table, only_by_feature: &[&'static str]) -> Vec<String> {
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
    let is_optional = |name: &&str| {
        let known = dependencies.and_then(|dependencies| dependencies.get(*name));
        known.is_none_or(|known| known.get("optional").and_then(toml::Value::as_bool) == Some(true))
    };
    let by_default =
        manifest.get("features").and_then(|features| features.get("default")).map(|_| "default".to_owned());
    let always = only_by_feature.iter().filter(|name| !is_optional(name)).map(|name| (*name).to_owned());
    always.chain(by_default).collect()
}

#[test]
fn whoever_only_wants_fakes_gets_no_adapter() {
    let testkit = HOUSE.packages.iter().find(|package| package.name == "doorward-testkit").expect("testkit");
    hold(
        "Make it optional in crates/testkit/Cargo.toml, and name it in the feature `server`; nothing is on by default:",
        &always_there(&testkit.manifest, &ONLY_FOR_THE_SERVER),
    );
}

#[test]
fn a_dependency_that_is_always_there_is_seen() {
    let check = |manifest: &str| always_there(&manifest.parse().expect("TOML"), &["a"]);
    assert!(check("[dependencies]\na = { workspace = true, optional = true }\nb.workspace = true").is_empty());
    assert_eq!(check("[dependencies]\na.workspace = true"), ["a"]);
    assert_eq!(check("[features]\ndefault = [\"server\"]"), ["default"]);
}

fn package(name: &str, normal: &[&str], dev: &[&str]) -> Package {
    let dependencies = |names: &[&str], dev| -> Vec<Dependency> {
        names.iter().map(|name| Dependency { name: (*name).to_owned(), dev }).collect()
    };
    let dependencies = [dependencies(normal, false), dependencies(dev, true)].into_iter().flatten().collect();
    Package { name: name.to_owned(), manifest: toml::Table::new(), dependencies, roots: Vec::new() }
}

#[test]
fn an_edge_that_the_table_lacks_is_seen() {
    let table: [Row; 2] = [("inner", &[], &["outer"]), ("outer", &["inner"], &[])];
    assert!(
        forbidden_edges(&[package("inner", &[], &["outer"]), package("outer", &["inner"], &[])], &table).is_empty()
    );
    let inwards_out = [package("inner", &["outer"], &[]), package("outer", &[], &[])];
    assert_eq!(forbidden_edges(&inwards_out, &table), ["inner must not know outer"]);
    let not_only_in_tests = [package("inner", &["outer"], &["outer"]), package("outer", &["inner"], &["outer"])];
    assert_eq!(forbidden_edges(&not_only_in_tests, &table), ["inner must not know outer"]);
}

#[test]
fn a_crate_without_a_row_and_a_row_without_a_crate_are_seen() {
    assert_eq!(forbidden_edges(&[package("new", &[], &[])], &[]), ["new has no row"]);
    assert_eq!(forbidden_edges(&[], &[("gone", &[], &[])]), ["gone does not exist"]);
}

#[test]
fn a_stranger_is_seen_and_a_test_may_know_it() {
    let table: [(&str, &[&str]); 1] = [("inner", &["uuid"])];
    assert!(strangers(&[package("inner", &["uuid"], &["serde"])], &table).is_empty());
    assert_eq!(strangers(&[package("inner", &["serde"], &[])], &table), ["inner knows serde"]);
}

#[test]
fn a_trespasser_is_seen_also_in_its_tests() {
    let table: [(&str, &[&str]); 1] = [("sea-orm", &["store"])];
    assert!(trespassers(&[package("store", &["sea-orm"], &[])], &table).is_empty());
    assert_eq!(trespassers(&[package("http", &[], &["sea-orm"])], &table), ["http knows sea-orm"]);
}
