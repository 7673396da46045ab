//! `[pages]`: what people see.

use std::path::PathBuf;

use crate::section::Section;

/// What people see.
#[derive(Clone, Debug)]
pub struct Pages {
    /// A folder with a name, a logo, colours and texts in the place of those that are built in.
    pub theme: Option<PathBuf>,
}

impl Pages {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let theme = from.get::<Option<String>>("theme").map(PathBuf::from);
        from.require(theme.as_ref().is_none_or(|folder| folder.is_dir()), "theme", "must be a folder that is there");
        Self { theme }
    }
}
