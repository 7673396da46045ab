//! The files under `config/` are what they say.

use std::{collections::BTreeSet, fs, path::Path};

use doorward_settings::{Settings, Sources, load};
use tempfile::TempDir;

fn shipped(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config").join(name)).expect("a shipped file")
}

fn load_from(dir: &TempDir, env_name: &str) -> Settings {
    let master = ("DOORWARD__SECRETS__MASTER".to_owned(), "0123456789abcdef0123456789abcdef".to_owned());
    load(Sources { dir: dir.path().to_owned(), env_name: env_name.to_owned(), environment: vec![master] })
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// The lines `key = …` of a file, each with its full key and the line before it.
fn keys(text: &str) -> Vec<(String, String)> {
    let (mut section, mut before, mut found) = ("", "", Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            found.push((format!("{section}.{key}"), before.to_owned()));
        }
        before = line;
    }
    found
}

#[test]
fn default_toml_has_every_key_and_no_other_and_explains_each() {
    let settings = load_from(&TempDir::new().unwrap(), "staging");
    let asked_for: BTreeSet<_> = settings.listing().iter().map(|shown| shown.key.clone()).collect();
    let keys = keys(&shipped("default.toml"));
    assert_eq!(keys.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>(), asked_for);
    for (key, before) in keys {
        assert!(before.starts_with("# "), "{key} is not explained");
    }
}

#[test]
fn the_example_for_production_is_good_and_unwise_in_nothing() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("production.toml"), shipped("production.example.toml")).unwrap();
    let settings = load_from(&dir, "production");
    assert_eq!(settings.warnings(), []);
    assert!(settings.http.public_url(settings.http.address).is_https());
}

#[test]
fn a_copy_of_the_shipped_folder_means_what_is_built_in() {
    let dir = TempDir::new().unwrap();
    for name in ["default.toml", "development.toml"] {
        fs::write(dir.path().join(name), shipped(name)).unwrap();
    }
    let values = |settings: &Settings| {
        settings.listing().iter().map(|shown| (shown.key.clone(), shown.value.clone())).collect::<Vec<_>>()
    };
    let built_in = load_from(&TempDir::new().unwrap(), "development");
    assert_eq!(values(&load_from(&dir, "development")), values(&built_in));
}
