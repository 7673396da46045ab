//! The layers, and one tree of them all.

use std::{fs, io::ErrorKind, path::Path};

use config::{Config, ConfigError, FileFormat, Format, Map, Source, Value};

use crate::{Problem, Sources, environment};

/// Every key with its default value, and what it means.
pub(crate) const DEFAULT: &str = include_str!("../../../config/default.toml");
/// What a developer's machine needs otherwise.
pub(crate) const DEVELOPMENT: &str = include_str!("../../../config/development.toml");

/// One layer, read already, so that each value can name the file or variable that it came from.
#[derive(Clone, Debug)]
struct Layer(Map<String, Value>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// The tree that is built in, which has every key.
pub(crate) fn built_in() -> Map<String, Value> {
    parse(None, DEFAULT).expect("the built-in default.toml is TOML: a test reads it")
}

/// The tree of all layers. What cannot be read is a problem and left out.
pub(crate) fn merge(sources: Sources, problems: &mut Vec<Problem>) -> Map<String, Value> {
    let mut layers = vec![built_in()];
    let mut folder = Vec::new();
    let mut files = vec!["default".to_owned()];
    let name = sources.env_name;
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        files.push(name.clone());
    } else {
        let cure = "must be a name of letters, digits, - and _, such as production".to_owned();
        problems.push(Problem { key: "DOORWARD_ENV".to_owned(), origin: None, cure });
    }
    for file in files {
        let found = read(&sources.dir.join(format!("{file}.toml")), problems);
        if found.is_none() && file == Sources::DEVELOPMENT {
            layers.extend(parse(None, DEVELOPMENT));
        }
        folder.extend(found);
    }
    layers.append(&mut folder);
    layers.push(environment::settings(sources.environment, problems));

    let merged = layers.into_iter().fold(Config::builder(), |all, layer| all.add_source(Layer(layer))).build();
    merged.and_then(|merged| merged.collect()).unwrap_or_else(|cause| {
        problems.push(Problem { key: "config".to_owned(), origin: None, cure: cause.to_string() });
        built_in()
    })
}

/// A file of the folder; `None` if it is not there.
fn read(path: &Path, problems: &mut Vec<Problem>) -> Option<Map<String, Value>> {
    let origin = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return None,
        Err(cause) => {
            problems.push(Problem { key: origin, origin: None, cure: format!("cannot be read: {cause}") });
            return Some(Map::new());
        }
    };
    parse(Some(&origin), &text)
        .map_err(|cure| problems.push(Problem { key: origin, origin: None, cure }))
        .ok()
        .or_else(|| Some(Map::new()))
}

/// Reads TOML. The error tells line and cause, and not the line itself, which may hold a secret.
fn parse(origin: Option<&String>, text: &str) -> Result<Map<String, Value>, String> {
    FileFormat::Toml.parse(origin, text).map_err(|cause| match cause.downcast_ref::<toml::de::Error>() {
        Some(cause) => {
            let end = cause.span().map_or(0, |span| span.start);
            let line = text.bytes().take(end).filter(|byte| *byte == b'\n').count() + 1;
            format!("is not TOML, line {line}: {}", cause.message())
        }
        None => format!("is not TOML: {cause}"),
    })
}
