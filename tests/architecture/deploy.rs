//! What is shipped says of the server what is true of it: versions, settings, ports, paths, and under whom it runs.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use toml::{Table, Value};

use crate::house::{File, HOUSE, hold};

/// Where the server listens, where it is measured, and under whom it runs.
const FACTS: [(&str, &str, &str); 11] = [
    ("deploy/Dockerfile", "EXPOSE ", "8080"),
    ("deploy/Dockerfile", "DOORWARD__HTTP__ADDRESS=", "0.0.0.0:8080"),
    ("deploy/Dockerfile", "USER ", "65532:65532"),
    ("deploy/compose.yaml", "DOORWARD__HTTP__ADDRESS: ", "0.0.0.0:8080"),
    ("deploy/compose.yaml", "user: ", "\"65532:65532\""),
    ("deploy/compose.sqlite.yaml", "DOORWARD__HTTP__ADDRESS: ", "0.0.0.0:8080"),
    ("deploy/compose.sqlite.yaml", "user: ", "\"65532:65532\""),
    ("deploy/kubernetes/doorward.yaml", "DOORWARD__HTTP__ADDRESS: ", "0.0.0.0:8080"),
    ("deploy/kubernetes/doorward.yaml", "DOORWARD__METRICS__ADDRESS: ", "0.0.0.0:9464"),
    ("deploy/kubernetes/doorward.yaml", "containerPort: ", "8080 9464"),
    ("deploy/kubernetes/doorward.yaml", "runAsUser: ", "65532"),
];

static DEFAULTS: LazyLock<&str> = LazyLock::new(|| text("config/default.toml"));

fn text(path: &str) -> &'static str {
    HOUSE.files.iter().find(|file| file.path == path).map_or("", |file| file.text.as_str())
}

fn shipped() -> impl Iterator<Item = &'static File> {
    HOUSE.files.iter().filter(|file| file.path.starts_with("deploy/"))
}

fn parsed(text: &str) -> Table {
    text.parse().expect("TOML")
}

/// Settings that are named and that the built-in `default.toml` lacks, or that it does not call secret and that are
/// said to stand in a file.
fn unknown_settings(files: &[&File], defaults: &str) -> Vec<String> {
    let name = Regex::new(r"DOORWARD__([A-Z_]*[A-Z])").expect("a pattern");
    let known = parsed(defaults);
    let mut found = BTreeSet::new();
    for file in files {
        for captures in name.captures_iter(&file.text) {
            let key = captures[1].to_lowercase();
            let (in_file, key) = key.strip_suffix("_file").map_or((false, key.as_str()), |key| (true, key));
            let path: Vec<&str> = key.split("__").collect();
            // A key that itself ends in "_file" is one that is found as it is written.
            let is_there = setting(&known, &captures[1].to_lowercase().split("__").collect::<Vec<_>>());
            let is_good = is_there || setting(&known, &path) && in_file && is_secret(defaults, &path);
            if !is_good && captures[1].contains("__") && &captures[1] != "SECTION__KEY" {
                found.insert(format!("{}: {}", file.path, &captures[0]));
            }
        }
    }
    found.into_iter().collect()
}

fn setting(known: &Table, path: &[&str]) -> bool {
    let Some((key, sections)) = path.split_last() else { return false };
    let mut table = Some(known);
    for section in sections {
        table = table.and_then(|table| table.get(*section)).and_then(Value::as_table);
    }
    table.is_some_and(|table| table.contains_key(*key))
}

/// Whether the comment over the key ends with the word.
fn is_secret(defaults: &str, path: &[&str]) -> bool {
    let [section, key] = path else { return false };
    let Some((_, rest)) = defaults.split_once(&format!("\n[{section}]\n")) else { return false };
    let rest = rest.split("\n[").next().unwrap_or_default();
    let comment = rest.split(&format!("\n{key} =")).next().unwrap_or_default();
    rest.contains(&format!("\n{key} =")) && comment.lines().last().is_some_and(|line| line.ends_with(" Secret."))
}

/// Versions of doorward that are not the one of the workspace.
fn other_versions(files: &[&File], version: &str) -> Vec<String> {
    let named = Regex::new(r"(?:doorward:|kubernetes\.io/version: |doorward-)v?(\d+\.\d+\.\d+)").expect("a pattern");
    let mut found = Vec::new();
    for file in files {
        let others = named.captures_iter(&file.text).filter(|captures| &captures[1] != version);
        found.extend(others.map(|captures| format!("{}: {}, not {version}", file.path, &captures[0])));
    }
    found
}

/// What stands after a word, wherever it stands in code; several are parted by a space.
fn said(file: &str, word: &str) -> String {
    let lines = file.lines().filter(|line| !line.trim_start().starts_with('#'));
    let values = lines.filter_map(|line| line.split_once(word)).map(|(_, value)| value.trim_end_matches([' ', '\\']));
    values.collect::<Vec<_>>().join(" ")
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[test]
fn what_is_shipped_names_settings_that_there_are() {
    let guide = HOUSE.files.iter().filter(|file| file.path == "docs/topics/deploying.md");
    let files: Vec<_> = shipped().chain(guide).collect();
    assert!(files.iter().any(|file| file.text.contains("DOORWARD__SECRETS__MASTER_FILE")), "nothing is looked at");
    hold("Name a setting of config/default.toml, with _FILE if it is secret:", &unknown_settings(&files, &DEFAULTS));
}

#[test]
fn what_is_shipped_is_of_this_version() {
    let manifest = parsed(text("Cargo.toml"));
    let version = manifest["workspace"]["package"]["version"].as_str().expect("a version");
    let files: Vec<_> = shipped().collect();
    assert!(files.iter().any(|file| file.text.contains(&format!("doorward:{version}"))), "nothing is looked at");
    hold("Write the version of Cargo.toml:", &other_versions(&files, version));
}

#[test]
fn the_image_is_built_by_a_toolchain_that_is_new_enough() {
    let manifest = parsed(text("Cargo.toml"));
    let oldest = manifest["workspace"]["package"]["rust-version"].as_str().expect("a version");
    let used = said(text("deploy/Dockerfile"), "ARG RUST_VERSION=");
    assert!(numbers(&used) >= numbers(oldest) && !used.is_empty(), "the Dockerfile builds with {used}, not {oldest}");
}

#[test]
fn ports_and_users_agree() {
    let differs = |(path, word, value): &(&str, &str, &str)| {
        let is = said(text(path), word);
        (is != *value).then(|| format!("{path}: {word}{is}, not {value}"))
    };
    hold("Change it here and everywhere, or nowhere:", &FACTS.iter().filter_map(differs).collect::<Vec<_>>());
}

/// What holds whoever breaks in back, wherever it is run.
const BOUNDS: [(&str, &[&str]); 4] = [
    ("deploy/compose.yaml", COMPOSE),
    ("deploy/compose.sqlite.yaml", COMPOSE),
    (
        "deploy/kubernetes/doorward.yaml",
        &[
            "runAsNonRoot: true",
            "readOnlyRootFilesystem: true",
            "allowPrivilegeEscalation: false",
            "drop: [ALL]",
            "type: RuntimeDefault",
            "automountServiceAccountToken: false",
            "policyTypes: [Ingress, Egress]",
        ],
    ),
    (
        "deploy/systemd/doorward.service",
        &[
            "DynamicUser=yes",
            "NoNewPrivileges=yes",
            "CapabilityBoundingSet=",
            "ProtectSystem=strict",
            "ProtectHome=yes",
            "PrivateDevices=yes",
            "RestrictNamespaces=yes",
            "MemoryDenyWriteExecute=yes",
            "SystemCallFilter=@system-service",
        ],
    ),
];
const COMPOSE: &[&str] =
    &["read_only: true", "cap_drop: [ALL]", "security_opt: [\"no-new-privileges:true\"]", "mem_limit: 512m"];

#[test]
fn nothing_that_runs_may_more_than_it_must() {
    let lacks = |(path, bounds): &(&str, &[&str])| -> Vec<String> {
        let lines: Vec<_> = text(path).lines().map(str::trim).collect();
        let lacking = bounds.iter().filter(|bound| !lines.contains(bound));
        lacking.map(|bound| format!("{path}: {bound}")).collect()
    };
    hold("Put the bound back:", &BOUNDS.iter().flat_map(lacks).collect::<Vec<_>>());
    let egress = text("deploy/kubernetes/doorward.yaml").split("\n  egress:").nth(1).expect("rules");
    assert_eq!(said(egress, "port: "), "53 53 5432 587", "whom it talks to: docs/topics/deploying.md");
}

#[test]
fn the_image_is_built_from_named_files_alone() {
    let rules: Vec<_> = text("deploy/Dockerfile.dockerignore").lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(rules.first(), Some(&"*"), "everything is left out, but for what follows");
    let named = rules[1..].iter().map(|rule| rule.strip_prefix('!').expect("what is taken in after all"));
    for folder in named {
        assert!(!["", ".", ".git", "data", "deploy", "deploy/secrets", "target"].contains(&folder), "{folder}");
    }
    assert_eq!(said(text("deploy/Dockerfile"), "FROM ").split(' ').next_back(), Some("scratch"));
}

#[test]
fn dependencies_come_from_one_registry() {
    let lock = text("Cargo.lock");
    let elsewhere: Vec<_> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("source = "))
        .filter(|source| *source != "\"registry+https://github.com/rust-lang/crates.io-index\"")
        .map(str::to_owned)
        .collect();
    assert!(lock.contains("source = "), "nothing is looked at");
    hold("Take it from crates.io:", &elsewhere);
    let deny = parsed(text("deny.toml"));
    assert_eq!(deny["sources"]["unknown-registry"].as_str(), Some("deny"));
    assert_eq!(deny["sources"]["unknown-git"].as_str(), Some("deny"));
}

#[test]
fn probes_ask_for_paths_that_there_are() {
    let paths: Vec<_> = doorward_http::routes::table().iter().map(|row| row.path).collect();
    let manifest = text("deploy/kubernetes/doorward.yaml");
    let asked = said(manifest, " path: ");
    assert_eq!(asked, "/health/live /health/live /health/ready");
    assert!(asked.split(' ').all(|path| paths.contains(&path)), "{asked} of {paths:?}");
}

#[test]
fn a_setting_that_is_not_there_is_seen() {
    let defaults =
        "\n[a]\n# Words.\nkey = 1\n# More. Secret.\nhidden = \"\"\n# A path.\nca_file = \"\"\n[a.b]\nkey = 1\n";
    let check = |text: &str| unknown_settings(&[&File::new("deploy/x", text)], defaults);
    for good in ["A__KEY", "A__HIDDEN", "A__HIDDEN_FILE", "A__CA_FILE", "A__B__KEY", "SECTION__KEY"] {
        assert!(check(&format!("DOORWARD__{good}: x")).is_empty(), "{good}");
    }
    for bad in ["A__GONE", "A__KEY_FILE", "B__KEY", "A__B__HIDDEN"] {
        assert_eq!(check(&format!("DOORWARD__{bad}=x")), [format!("deploy/x: DOORWARD__{bad}")]);
    }
}

#[test]
fn another_version_and_another_value_are_seen() {
    let check = |text: &str| other_versions(&[&File::new("deploy/x", text)], "0.1.0");
    assert!(check("image: doorward:0.1.0, app.kubernetes.io/version: 0.1.0, postgres:17.2.1").is_empty());
    assert_eq!(check("image: doorward:0.2.0"), ["deploy/x: doorward:0.2.0, not 0.1.0"]);
    assert_eq!(said("# USER root\nUSER 0\n  USER 1 \\", "USER "), "0 1");
}
