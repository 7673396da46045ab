//! `doorward audit`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use doorward_domain::{AuditEventId, audit::AuditEvent, session::UserAgent};
use doorward_settings::Settings;
use serde::Serialize;
use uuid::Uuid;

use super::open_app;
use crate::output::{Output, time};

/// What to do with the audit log.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Hand its entries over, the oldest first: an object of JSON a line.
    Export(Arguments),
}

/// Which entries, and where to.
#[derive(Clone, Debug, Args)]
pub(crate) struct Arguments {
    /// Only those that follow the entry of this id: the last one of the export before.
    #[arg(long, value_name = "ID")]
    after: Option<Uuid>,
    /// A file to make, for its owner alone; standard output if there is none.
    file: Option<PathBuf>,
}

/// An entry.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exported<'a> {
    id: String,
    at: String,
    #[serde(rename = "type")]
    kind: &'static str,
    actor_id: Option<String>,
    user_id: Option<String>,
    session_id: Option<String>,
    /// What was typed, under a keyed hash, in hex.
    identifier: Option<String>,
    ip_address: Option<String>,
    user_agent: Option<&'a str>,
    detail: Option<&'a str>,
}

impl<'a> From<&'a AuditEvent> for Exported<'a> {
    fn from(event: &'a AuditEvent) -> Self {
        let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        Self {
            id: event.id.to_string(),
            at: time(event.at),
            kind: event.kind.as_str(),
            actor_id: event.actor_id.map(|id| id.to_string()),
            user_id: event.user_id.map(|id| id.to_string()),
            session_id: event.session_id.map(|id| id.to_string()),
            identifier: event.identifier.map(|digest| hex(digest.as_bytes())),
            ip_address: event.device.ip_address.map(|address| address.to_string()),
            user_agent: event.device.user_agent.as_ref().map(UserAgent::as_str),
            detail: event.detail.as_deref(),
        }
    }
}

pub(crate) async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let Command::Export(Arguments { after, file }) = command;
    let app = open_app(settings).await?;
    let mut output = Output::to(file.as_deref())?;
    let mut after = after.map(AuditEventId::new);
    loop {
        let page = app.admin.export_audit.page(after).await?;
        for event in &page {
            output.line(serde_json::to_string(&Exported::from(event))?)?;
        }
        let Some(last) = page.last() else { return output.flush() };
        after = Some(last.id);
    }
}
