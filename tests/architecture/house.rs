//! What the rules are about: the packages of the workspace and the files of the tree.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// The workspace as it stands.
pub(crate) static HOUSE: LazyLock<House> = LazyLock::new(House::read);

pub(crate) struct House {
    pub(crate) packages: Vec<Package>,
    pub(crate) files: Vec<File>,
    /// Folders with nothing in them.
    pub(crate) empty_folders: Vec<String>,
}

pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest: toml::Table,
    pub(crate) dependencies: Vec<Dependency>,
    /// Where its library and its binaries begin.
    pub(crate) roots: Vec<String>,
}

pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) dev: bool,
}

/// A file of the tree. Paths are relative to its root.
pub(crate) struct File {
    pub(crate) path: String,
    /// Empty if it is not text.
    pub(crate) text: String,
}

impl House {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of the house");
        let (mut files, mut empty_folders) = (Vec::new(), Vec::new());
        walk(root, root, &mut files, &mut empty_folders);
        Self { packages: packages(root), files, empty_folders }
    }

    /// The files of Rust.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.extension() == "rs")
    }
}

impl File {
    pub(crate) fn new(path: &str, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), text: text.into() }
    }

    pub(crate) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

/// Fails with what to do, and where.
#[track_caller]
pub(crate) fn hold(cure: &str, violations: &[String]) {
    assert!(violations.is_empty(), "\n{cure}\n  {}\n", violations.join("\n  "));
}

fn packages(root: &Path) -> Vec<Package> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root.join("Cargo.toml")).no_deps().other_options(["--offline".to_owned()]);
    let metadata = command.exec().expect("cargo metadata");
    let package = |package: &cargo_metadata::Package| {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest");
        let is_root = |target: &&cargo_metadata::Target| target.is_lib() || target.is_bin();
        Package {
            name: package.name.to_string(),
            manifest: manifest.parse().expect("TOML"),
            dependencies: package
                .dependencies
                .iter()
                .map(|known| Dependency { name: known.name.clone(), dev: known.kind == DependencyKind::Development })
                .collect(),
            roots: package
                .targets
                .iter()
                .filter(is_root)
                .map(|target| relative(root, target.src_path.as_std_path()))
                .collect(),
        }
    };
    metadata.workspace_packages().into_iter().map(package).collect()
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<File>, empty_folders: &mut Vec<String>) {
    let entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    if entries.is_empty() {
        empty_folders.push(relative(root, folder));
    }
    for path in entries {
        let name = relative(root, &path);
        if matches!(name.as_str(), ".git" | "target" | "data" | "dist" | "deploy/secrets")
            || path.ends_with("node_modules")
        {
        } else if path.is_dir() {
            walk(root, &path, files, empty_folders);
        } else {
            files.push(File { text: fs::read_to_string(&path).unwrap_or_default(), path: name });
        }
    }
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
