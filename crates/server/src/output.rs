//! What commands print: the one place that writes to standard output, or to a file instead of it.

use std::{
    error::Error,
    fmt::{self, Display},
    fs::{File, OpenOptions},
    io::{self, BufWriter, ErrorKind, Write, stderr, stdout},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::Context as _;
use chrono::SecondsFormat;
use doorward_domain::Timestamp;

/// Nobody reads on, as behind `| head`. Whatever the command was going to print, it is done.
#[derive(Debug)]
pub(crate) struct Closed;

impl Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads what is printed")
    }
}

impl Error for Closed {}

/// Where a command's result goes, line by line.
pub(crate) struct Output(BufWriter<Box<dyn Write>>);

impl Output {
    /// Standard output.
    pub(crate) fn standard() -> Self {
        Self(BufWriter::new(Box::new(stdout())))
    }

    /// A new file of this name that its owner alone may use, as it holds people's data; `-` or none is standard output.
    pub(crate) fn to(file: Option<&Path>) -> anyhow::Result<Self> {
        let Some(file) = file.filter(|file| !is_standard(file)) else { return Ok(Self::standard()) };
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
        let made = made.with_context(|| format!("{} cannot be made", file.display()))?;
        Ok(Self(BufWriter::new(Box::new(made))))
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, line: impl Display) -> anyhow::Result<()> {
        written(writeln!(self.0, "{line}"))
    }

    /// Lets the reader see what was written so far, and has a file hold it.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        written(self.0.flush())
    }
}

/// Prints a line to standard output.
pub(crate) fn print(line: impl Display) -> anyhow::Result<()> {
    let mut output = Output::standard();
    output.line(line)?;
    output.flush()
}

/// Tells what is not the result on standard error. That nobody reads it is no reason to stop.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(stderr(), "{line}");
}

/// A moment, in UTC and to the microsecond, as it is stored (RFC 3339).
pub(crate) fn time(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Whether a name stands for standard input or output.
pub(crate) fn is_standard(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// A file for its owner alone, in the place of an older one.
pub(crate) fn replace(file: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)
}

fn written(result: io::Result<()>) -> anyhow::Result<()> {
    result.map_err(|cause| match cause.kind() {
        ErrorKind::BrokenPipe => anyhow::Error::new(Closed),
        _ => anyhow::Error::new(cause).context("not everything could be written"),
    })
}
