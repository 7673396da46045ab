//! `doorward check-config`

use doorward_settings::Settings;

use crate::{output::Output, wire};

/// Shows settings that are good, as what is wrong with others was told before.
pub(crate) fn run(settings: &Settings) -> anyhow::Result<()> {
    wire::theme(settings)?;
    let mut output = Output::standard();
    output.line("configuration is good")?;
    for shown in settings.listing() {
        let origin = shown.origin.as_deref().unwrap_or("built in");
        output.line(format_args!("  {} = {}  ({origin})", shown.key, shown.value))?;
    }
    for warning in settings.warnings() {
        output.line(format_args!("warning: {warning}"))?;
    }
    output.flush()
}
