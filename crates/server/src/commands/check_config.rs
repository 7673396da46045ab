//! `doorward check-config`

use doorward_settings::Settings;

/// Shows settings that are good, as what is wrong with others was told before.
pub(crate) fn run(settings: &Settings) {
    println!("configuration is good");
    for shown in settings.listing() {
        let origin = shown.origin.as_deref().unwrap_or("built in");
        println!("  {} = {}  ({origin})", shown.key, shown.value);
    }
    for warning in settings.warnings() {
        println!("warning: {warning}");
    }
}
