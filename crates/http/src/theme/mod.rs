//! How the pages look and what they say: as built in, or as a deployment wants it.

mod done;
pub(crate) mod texts;

use std::{
    borrow::Cow,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use actix_web::web::Bytes;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
pub(crate) use done::Done;
use doorward_domain::{Digest, user::Locale};
use rust_embed::Embed;
use serde::Deserialize;
use thiserror::Error;

use texts::BUILT_IN;
pub(crate) use texts::Texts;
pub use texts::TextsError;

#[derive(Embed)]
#[folder = "assets/"]
struct BuiltIn;

/// A file that pages load. Its name changes with its contents, so browsers may keep it for good.
#[derive(Debug)]
pub(crate) struct Asset {
    name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Bytes,
}

impl Asset {
    fn new(stem: &str, extension: &str, bytes: impl Into<Bytes>) -> Option<Self> {
        let bytes = bytes.into();
        let media_type = match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "webp" => "image/webp",
            _ => return None,
        };
        let digest = BASE64_URL_SAFE_NO_PAD.encode(&Digest::of(&bytes).as_bytes()[..9]);
        Some(Self { name: format!("{stem}-{digest}.{extension}"), media_type, bytes })
    }

    fn built_in(stem: &str, extension: &str) -> Self {
        Self::new(stem, extension, built_in(&format!("{stem}.{extension}"))).expect("a known extension")
    }

    /// Where it is served.
    pub(crate) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

fn built_in(file: &str) -> Bytes {
    match BuiltIn::get(file).expect("a file of assets/").data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    }
}

/// How the pages look and what they say.
///
/// A team makes it its own by a folder, of which every part may be missing: `theme.toml` with the `name`, `theme.css`
/// after the stylesheet that is built in, as a rule with other values of its custom properties, `logo.svg`, `logo.png`
/// or `logo.webp`, and `texts/<language>.toml` with the texts to say otherwise. A language that is not built in is one
/// more such file; what it leaves out is said in English.
#[derive(Debug)]
pub struct Theme {
    pub(crate) name: String,
    pub(crate) stylesheet: Asset,
    pub(crate) script: Asset,
    pub(crate) logo: Asset,
    pub(crate) languages: Vec<Arc<Texts>>,
}

/// Why a folder is no theme.
#[derive(Debug, Error)]
pub enum ThemeError {
    /// A file cannot be read.
    #[error("{} cannot be read: {cause}", .file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {cause}", .file.display())]
    Malformed {
        /// Which.
        file: PathBuf,
        /// Why.
        cause: TextsError,
    },
}

/// `theme.toml`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Manifest {
    name: Option<String>,
}

impl Default for Theme {
    fn default() -> Self {
        let languages = BUILT_IN.map(|(tag, own)| {
            let texts = Texts::read(tag, &[BUILT_IN[0].1, own]).expect("the built-in texts are whole, as a test shows");
            Arc::new(texts)
        });
        Self {
            name: "doorward".to_owned(),
            stylesheet: Asset::built_in("doorward", "css"),
            script: Asset::built_in("doorward", "js"),
            logo: Asset::built_in("logo", "svg"),
            languages: languages.into(),
        }
    }
}

impl Theme {
    /// What is built in, under this name, with what the folder has over it.
    pub fn load(name: &str, folder: Option<&Path>) -> Result<Self, ThemeError> {
        let mut theme = Self { name: name.to_owned(), ..Self::default() };
        let Some(folder) = folder else { return Ok(theme) };
        // Something that is there on purpose, so that a misspelt path is no theme that nobody sees.
        fs::read_dir(folder).map_err(|cause| ThemeError::Unreadable { file: folder.to_owned(), cause })?;
        if let Some(manifest) = text(&folder.join("theme.toml"))? {
            let manifest: Manifest = toml::from_str(&manifest)
                .map_err(|cause| ThemeError::Malformed { file: folder.join("theme.toml"), cause: cause.into() })?;
            theme.name = manifest.name.unwrap_or(theme.name);
        }
        if let Some(own) = bytes(&folder.join("theme.css"))? {
            let whole = [&theme.stylesheet.bytes, &b"\n"[..], &own].concat();
            theme.stylesheet = Asset::new("theme", "css", whole).unwrap_or(theme.stylesheet);
        }
        for extension in ["svg", "png", "webp"] {
            if let Some(logo) = bytes(&folder.join("logo").with_extension(extension))? {
                theme.logo = Asset::new("logo", extension, logo).unwrap_or(theme.logo);
            }
        }
        theme.say_otherwise(&folder.join("texts"))?;
        Ok(theme)
    }

    fn say_otherwise(&mut self, folder: &Path) -> Result<(), ThemeError> {
        let unreadable = |cause| ThemeError::Unreadable { file: folder.to_owned(), cause };
        let files = match fs::read_dir(folder) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
            files => files.map_err(unreadable)?,
        };
        let mut files = files.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>().map_err(unreadable)?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
        for file in files {
            let tag = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if !Locale::parse(tag).is_ok_and(|locale| locale.as_str() == tag) {
                return Err(ThemeError::Malformed { file: file.clone(), cause: TextsError::NoLanguage });
            }
            let own = text(&file)?.unwrap_or_default();
            let built_in = BUILT_IN.iter().find(|(built_in, _)| *built_in == tag).map_or("", |(_, texts)| texts);
            let texts = Texts::read(tag, &[BUILT_IN[0].1, built_in, &own])
                .map_err(|cause| ThemeError::Malformed { file: file.clone(), cause })?;
            self.languages.retain(|language| language.tag() != tag);
            self.languages.push(Arc::new(texts));
        }
        Ok(())
    }

    /// The file of this name, as pages name it.
    pub(crate) fn asset(&self, name: &str) -> Option<&Asset> {
        [&self.stylesheet, &self.script, &self.logo].into_iter().find(|asset| asset.name == name)
    }

    /// The texts in the first of these languages that there are texts in.
    pub(crate) fn texts<'l>(&self, wanted: impl IntoIterator<Item = &'l str>) -> Arc<Texts> {
        let there = |wanted: &str| self.languages.iter().find(|texts| texts.tag().eq_ignore_ascii_case(wanted));
        let found = wanted.into_iter().find_map(there).or_else(|| there("en"));
        Arc::clone(found.expect("there are always texts in English"))
    }

    /// The language of this tag, if there are texts in it.
    pub(crate) fn language(&self, tag: &str) -> Option<&str> {
        self.languages.iter().map(|texts| texts.tag()).find(|there| *there == tag)
    }
}

fn bytes(file: &Path) -> Result<Option<Vec<u8>>, ThemeError> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(ThemeError::Unreadable { file: file.to_owned(), cause }),
    }
}

fn text(file: &Path) -> Result<Option<String>, ThemeError> {
    let text = bytes(file)?.map(String::from_utf8).transpose();
    text.map_err(|cause| ThemeError::Unreadable { file: file.to_owned(), cause: io::Error::other(cause) })
}
