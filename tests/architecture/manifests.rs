//! One version, one edition, one set of lints, one list of dependencies.

use toml::{Table, Value};

use crate::house::{HOUSE, Package, hold};

const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

fn of_its_own(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for Package { name, manifest, .. } in packages {
        let package = manifest.get("package").and_then(Value::as_table);
        let inherits = |key: &str| package.and_then(|package| package.get(key)).is_some_and(inherited);
        found.extend(INHERITED.iter().filter(|key| !inherits(key)).map(|key| format!("{name}: package.{key}")));
        if !manifest.get("lints").is_some_and(inherited) {
            found.push(format!("{name}: lints"));
        }
        let own = dependencies(manifest).filter(|(_, value)| !inherited(value));
        found.extend(own.map(|(dependency, _)| format!("{name}: {dependency}")));
    }
    found
}

fn inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

/// The dependencies of every kind, those of one platform too.
fn dependencies(manifest: &Table) -> impl Iterator<Item = (&String, &Value)> {
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(platforms.filter_map(Value::as_table));
    let kinds = |table| ["dependencies", "dev-dependencies", "build-dependencies"].map(|kind| Table::get(table, kind));
    tables.flat_map(kinds).flatten().filter_map(Value::as_table).flatten()
}

#[test]
fn every_crate_inherits_version_edition_lints_and_dependencies() {
    hold(
        "Write `.workspace = true` for each of these and put the value into the Cargo.toml of the workspace:",
        &of_its_own(&HOUSE.packages),
    );
}

#[test]
fn what_is_not_inherited_is_seen() {
    let check = |manifest: &str| {
        let manifest = manifest.parse().expect("TOML");
        of_its_own(&[Package { name: "a".to_owned(), manifest, dependencies: Vec::new(), roots: Vec::new() }])
    };
    let good = "version.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
                license.workspace = true\n";
    assert!(
        check(&format!("[package]\n{good}[lints]\nworkspace = true\n[dependencies]\nb.workspace = true")).is_empty()
    );
    assert_eq!(check(&format!("[package]\n{good}")), ["a: lints"]);
    assert_eq!(check(&format!("[package]\n{good}[lints]\nworkspace = false")), ["a: lints"]);
    assert_eq!(
        check("[package]\nversion = \"1\"\nedition.workspace = true\n[lints]\nworkspace = true"),
        ["a: package.version", "a: package.rust-version", "a: package.license"]
    );
    for kind in ["dependencies", "dev-dependencies", "target.'cfg(unix)'.dependencies"] {
        let manifest = format!("[package]\n{good}[lints]\nworkspace = true\n[{kind}]\nb = \"1\"");
        assert_eq!(check(&manifest), ["a: b"], "{kind}");
    }
}
