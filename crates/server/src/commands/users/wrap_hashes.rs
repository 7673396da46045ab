//! `doorward users wrap-hashes`

use std::thread::available_parallelism;

use clap::Args;
use doorward_settings::Settings;

use crate::{commands::open_app, output::Output};

/// What to do.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Arguments {
    /// Only say how many hashes there are to wrap.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(settings: &Settings, arguments: Arguments) -> anyhow::Result<()> {
    // As many as are hashed at once: more would wait in a queue that has an end.
    let at_once = match settings.passwords.max_concurrent_hashes {
        0 => available_parallelism()?.get(),
        some => some as usize,
    };
    let app = open_app(settings).await?;
    let wrap = &app.operations.wrap_hashes;
    let mut output = Output::standard();
    let (mut wrapped, mut unusable, mut after) = (0, 0, None);
    loop {
        let page = if arguments.dry_run { wrap.foresee(after).await? } else { wrap.execute(after, at_once).await? };
        wrapped += page.wrapped;
        unusable += page.unusable;
        after = page.next;
        if after.is_none() {
            break;
        }
        if !arguments.dry_run {
            output.line(format_args!("{wrapped} …"))?;
            output.flush()?;
        }
    }
    output.line(format_args!("{}wrapped {wrapped}", if arguments.dry_run { "dry run: would be " } else { "" }))?;
    if unusable > 0 {
        output.line(format_args!("{unusable} are hashes that no password can match: their users need a new one"))?;
    }
    output.flush()
}
