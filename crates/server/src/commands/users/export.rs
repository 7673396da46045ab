//! `doorward users export`

use std::path::PathBuf;

use clap::Args;
use doorward_settings::Settings;

use super::record::ExportedRecord;
use crate::{commands::open_app, output::Output};

/// What to hand over, and where to.
#[derive(Clone, Debug, Args)]
pub(crate) struct Arguments {
    /// With the hashes of the passwords, without which nobody can sign in elsewhere. Keep the file as you keep the
    /// database.
    #[arg(long)]
    with_hashes: bool,
    /// A file to make, for its owner alone; standard output if there is none.
    file: Option<PathBuf>,
}

pub(super) async fn run(settings: &Settings, arguments: Arguments) -> anyhow::Result<()> {
    let app = open_app(settings).await?;
    let mut output = Output::to(arguments.file.as_deref())?;
    let mut after = None;
    loop {
        let page = app.operations.export_users.page(after, arguments.with_hashes).await?;
        for user in &page.users {
            output.line(serde_json::to_string(&ExportedRecord::from(user))?)?;
        }
        after = page.next;
        if after.is_none() {
            return output.flush();
        }
    }
}
