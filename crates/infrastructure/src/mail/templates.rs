//! The texts of mails, and the folder that replaces some of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use doorward_application::ports::{Message, MessageKind};
use doorward_domain::user::Locale;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, escape_formatter, syntax::SyntaxConfig};
use thiserror::Error;

use super::{built_in::BUILT_IN, variables::Variables};

/// The language that every text is there in.
const FALLBACK: &str = "en";

/// The texts of mails, by language. Every one of them has been written out once, with values as they can be.
pub struct Templates {
    languages: BTreeMap<String, Language>,
}

/// What a mail says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

struct Language {
    tag: String,
    environment: Environment<'static>,
    /// Where each file's text is from.
    origins: BTreeMap<&'static str, String>,
}

/// A text and where it is from.
struct Source {
    origin: String,
    text: String,
}

/// Templates cannot be used.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// A file or folder cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A folder is not named after a language.
    #[error("{} must be named after a language, as in `de` or `pt-BR`", .0.display())]
    NoLanguage(PathBuf),
    /// A file would replace nothing.
    #[error("{} replaces no template; these can be replaced: {known}", path.display())]
    NoTemplate {
        /// The file.
        path: PathBuf,
        /// Those that could be.
        known: String,
    },
    /// A template has a mistake.
    #[error("{}: {cause}", self.place())]
    Broken {
        /// The file.
        origin: String,
        /// The line, if it is known.
        line: Option<usize>,
        /// What is wrong.
        cause: String,
    },
}

impl TemplateError {
    /// Where the mistake is, without a word of what is written there.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Unreadable { path, .. } | Self::NoLanguage(path) | Self::NoTemplate { path, .. } => {
                path.display().to_string()
            }
            Self::Broken { origin, line: Some(line), .. } => format!("{origin}, line {line}"),
            Self::Broken { origin, line: None, .. } => origin.clone(),
        }
    }
}

impl Templates {
    /// The texts that are built in, with the files of a folder over them: `<folder>/<language>/<file>` replaces the
    /// built-in file of that name, and a folder of another language adds it. Files that a language lacks are those of
    /// its primary language, else the English ones.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let mut sources: BTreeMap<(String, &'static str), Source> = BTreeMap::new();
        for (tag, file, text) in BUILT_IN {
            let origin = format!("the built-in {tag}/{file}");
            sources.insert(((*tag).to_owned(), file), Source { origin, text: (*text).to_owned() });
        }
        if let Some(folder) = folder {
            for language in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
                read_language(&language, &mut sources)?;
            }
        }
        let tags: BTreeSet<String> = sources.keys().map(|(tag, _)| tag.clone()).collect();
        let languages = tags.into_iter().map(|tag| Ok((tag.clone(), Language::new(tag, &sources)?)));
        let templates = Self { languages: languages.collect::<Result<_, _>>()? };
        templates.languages.values().try_for_each(Language::try_out)?;
        Ok(templates)
    }

    /// Writes a message out in the language nearest to its reader's.
    pub(super) fn write(&self, message: &Message, link: Option<&str>, product: &str) -> Result<Texts, TemplateError> {
        let Message { locale, kind, .. } = message;
        self.language(locale).write(*kind, &Variables::of(message, link, product))
    }

    fn language(&self, locale: &Locale) -> &Language {
        let exact = locale.as_str().to_ascii_lowercase();
        let found = chain(&exact).find_map(|tag| self.languages.get(tag));
        found.expect("the last of the chain is built in")
    }
}

impl Language {
    fn new(tag: String, sources: &BTreeMap<(String, &'static str), Source>) -> Result<Self, TemplateError> {
        let mut language = Self { tag, environment: environment(), origins: BTreeMap::new() };
        for file in files() {
            let found = chain(&language.tag).find_map(|tag| sources.get(&(tag.to_owned(), file)));
            let Source { origin, text } = found.expect("the last of the chain is built in");
            language.origins.insert(file, origin.clone());
            let added = language.environment.add_template_owned(file, text.clone());
            added.map_err(|error| language.broken(file, &error))?;
        }
        Ok(language)
    }

    /// Writes every kind with every sample.
    fn try_out(&self) -> Result<(), TemplateError> {
        for kind in MessageKind::ALL.into_iter().filter(|kind| !kind.is_request()) {
            for sample in Variables::samples(kind) {
                self.write(kind, &sample)?;
            }
        }
        Ok(())
    }

    fn write(&self, kind: MessageKind, variables: &Variables<'_>) -> Result<Texts, TemplateError> {
        let file = format!("{}.txt", kind.as_str());
        let written = self.render(&file, variables, None)?;
        let (first, text) = written.split_once('\n').unwrap_or((&written, ""));
        let subject = first.strip_prefix("Subject:").map(str::trim).filter(|subject| !subject.is_empty());
        let (Some(subject), false) = (subject, text.trim().is_empty()) else {
            let cause = "must begin with the line `Subject: …`, and go on after an empty one".to_owned();
            return Err(TemplateError::Broken { origin: self.origin(&file), line: None, cause });
        };
        let html = self.render(&format!("{}.html", kind.as_str()), variables, Some(subject))?;
        Ok(Texts { subject: subject.to_owned(), text: paragraphs(text), html: paragraphs(&html) })
    }

    fn render(&self, file: &str, variables: &Variables<'_>, subject: Option<&str>) -> Result<String, TemplateError> {
        let template = self.environment.get_template(file).map_err(|error| self.broken(file, &error))?;
        let written = template.render(variables.values(&self.tag, subject));
        Ok(written.map_err(|error| self.broken(file, &error))?.replace('\r', ""))
    }

    fn broken(&self, file: &str, error: &Error) -> TemplateError {
        let origin = self.origin(error.name().unwrap_or(file));
        let cause = match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        TemplateError::Broken { origin, line: error.line(), cause }
    }

    fn origin(&self, file: &str) -> String {
        self.origins.get(file).map_or_else(|| file.to_owned(), Clone::clone)
    }
}

/// A tag, its primary language, and what there is always.
fn chain(tag: &str) -> impl Iterator<Item = &str> {
    [tag, tag.split('-').next().unwrap_or(tag), FALLBACK].into_iter()
}

fn files() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().filter(|(tag, ..)| *tag == FALLBACK).map(|(_, file, _)| *file)
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    // "Hello none" is worse than no mail.
    environment.set_formatter(|out, state, value| {
        if value.is_none() {
            let cause = "this variable can be missing here; put what prints it between {% if … %} and {% endif %}";
            return Err(Error::new(ErrorKind::InvalidOperation, cause));
        }
        escape_formatter(out, state, value)
    });
    environment
}

/// Adds the files of a language's folder.
fn read_language(folder: &Path, sources: &mut BTreeMap<(String, &'static str), Source>) -> Result<(), TemplateError> {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let tag = Locale::parse(name).map_err(|_| TemplateError::NoLanguage(folder.to_owned()))?;
    for path in entries(folder)? {
        // What editors and version control leave there is nobody's template.
        if !path.extension().is_some_and(|extension| extension == "txt" || extension == "html") {
            continue;
        }
        let Some(file) = files().find(|file| path.file_name().is_some_and(|name| name == *file)) else {
            return Err(TemplateError::NoTemplate { path, known: files().collect::<Vec<_>>().join(", ") });
        };
        let text =
            fs::read_to_string(&path).map_err(|cause| TemplateError::Unreadable { path: path.clone(), cause })?;
        let source = Source { origin: path.display().to_string(), text };
        sources.insert((tag.as_str().to_ascii_lowercase(), file), source);
    }
    Ok(())
}

/// What is in a folder and not hidden.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, TemplateError> {
    let unreadable = |cause| TemplateError::Unreadable { path: folder.to_owned(), cause };
    let paths = fs::read_dir(folder).map_err(unreadable)?.map(|entry| entry.map(|entry| entry.path()));
    let paths = paths.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let is_hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    Ok(paths.into_iter().filter(|path| !is_hidden(path)).collect())
}

/// Without the empty lines that conditions leave: at most one between two paragraphs, none around all.
fn paragraphs(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}
