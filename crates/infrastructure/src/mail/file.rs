//! Mails as files.

use std::{
    fs::{DirBuilder, File, OpenOptions, rename},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use doorward_application::ports::SendError;
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

use super::{Carrier, Letter};

/// Puts each mail into a folder, as a file that nobody else reads. Sorted by name, the files are in the order in which
/// the messages were written.
pub struct FileCarrier {
    directory: PathBuf,
}

impl FileCarrier {
    /// A carrier into this folder, which is made when it is needed.
    #[must_use]
    pub const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }
}

#[async_trait]
impl Carrier for FileCarrier {
    async fn carry(&self, letter: &Letter, deadline: Instant) -> Result<(), SendError> {
        let (directory, name, content) = (self.directory.clone(), letter.file_name(), letter.content(true));
        let written = timeout_at(deadline, spawn_blocking(move || write(&directory, &name, &content))).await;
        let cause = match written {
            Ok(Ok(Ok(()))) => return Ok(()),
            Ok(Ok(Err(cause))) => cause.to_string(),
            Ok(Err(ended)) => ended.to_string(),
            Err(_) => "it took too long".to_owned(),
        };
        Err(SendError::Temporary(format!("the mail cannot be written to its folder: {cause}")))
    }
}

/// Under another name until all of it is on the disk: whoever watches the folder never reads half a mail.
fn write(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let unfinished = directory.join(format!(".{name}.part"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    rename(&unfinished, directory.join(name))?;
    File::open(directory)?.sync_all()
}
