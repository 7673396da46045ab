//! Logs.

use std::io::{IsTerminal as _, stdout};

use doorward_settings::{Log, LogFormat};
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer as _, fmt::MakeWriter, layer::SubscriberExt as _, registry, util::SubscriberInitExt as _,
};

/// Parts that tell of each step what is told here once. The configured level may say otherwise.
const TALKATIVE: &str = "actix_server=warn,sea_orm_migration=warn";

/// Logs to standard output from here on. Whoever set up logging before, as a test does, is left in charge.
pub fn init(log: &Log) {
    if let Err(cause) = subscriber(log, stdout().is_terminal(), stdout).try_init() {
        tracing::debug!(%cause, "logging was set up already");
    }
}

/// What writes the log.
pub fn subscriber<W>(log: &Log, colours: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let format = tracing_subscriber::fmt::layer().with_writer(writer);
    let format = match log.format {
        LogFormat::Pretty => format.with_ansi(colours).boxed(),
        // All spans, because the one with the request's id need not be the innermost.
        LogFormat::Json => format.json().flatten_event(true).with_current_span(false).boxed(),
    };
    registry().with(EnvFilter::new(format!("{TALKATIVE},{}", log.level.as_str()))).with(format)
}
