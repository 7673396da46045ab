//! `doorward mail`

use anyhow::{anyhow, ensure};
use clap::{Args, Subcommand};
use doorward_application::{mail::InspectOutbox, ports::QueuedMessage};
use doorward_domain::MessageId;
use doorward_settings::Settings;
use serde::Serialize;
use uuid::Uuid;

use super::open_app;
use crate::output::{Output, print, time};

/// What to do with the messages that are not sent yet. What they say is not shown: it is sealed.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// List them, the oldest first.
    List {
        /// How many at the most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// An object of JSON a line, for machines.
        #[arg(long)]
        json: bool,
    },
    /// Try messages that are put off at once.
    Retry(Which),
    /// Drop messages that are parked, as they failed too often.
    Drop(Which),
}

/// Which messages.
#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The message of this id.
    id: Option<Uuid>,
    /// All of them.
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let app = open_app(settings).await?;
    let outbox = &app.mail.outbox;
    match command {
        Command::List { limit, json: true } => list_for_machines(outbox, limit).await,
        Command::List { limit, json: false } => list(outbox, limit).await,
        Command::Retry(which) => {
            let count = outbox.retry(which.id.map(MessageId::new)).await?;
            done(which, count, "due now", "is put off")
        }
        Command::Drop(which) => {
            let count = outbox.drop_parked(which.id.map(MessageId::new)).await?;
            done(which, count, "dropped", "is parked")
        }
    }
}

fn done(which: Which, count: u64, what: &str, expected: &str) -> anyhow::Result<()> {
    ensure!(which.all || count > 0, anyhow!("there is no message of this id that {expected}"));
    print(format_args!("{what}: {count}"))
}

async fn list(outbox: &InspectOutbox, limit: u32) -> anyhow::Result<()> {
    let mut output = Output::standard();
    output.line(row(["ID", "KIND", "CREATED", "NEXT ATTEMPT", "ATTEMPTS", "LAST ERROR"]))?;
    let messages = outbox.list(limit).await?;
    for QueuedMessage { id, kind, created_at, due_at, attempts, last_error } in &messages {
        let next = due_at.map_or_else(|| "parked".to_owned(), time);
        // A mail server may answer what it likes.
        let error: String = last_error.iter().flat_map(|error| error.chars()).filter(|c| !c.is_control()).collect();
        output.line(row([&id.to_string(), kind.as_str(), &time(*created_at), &next, &attempts.to_string(), &error]))?;
    }
    let depth = outbox.depth().await?;
    output.line(format_args!("{} waiting, {} parked, {} shown", depth.waiting, depth.parked, messages.len()))?;
    output.flush()
}

fn row([id, kind, created, next, attempts, error]: [&str; 6]) -> String {
    let row = format!("{id:<36}  {kind:<22}  {created:<27}  {next:<27}  {attempts:<8}  {error}");
    row.trim_end().to_owned()
}

/// A message, for machines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    id: String,
    kind: &'static str,
    created_at: String,
    due_at: Option<String>,
    attempts: u32,
    last_error: Option<&'a str>,
}

async fn list_for_machines(outbox: &InspectOutbox, limit: u32) -> anyhow::Result<()> {
    let mut output = Output::standard();
    for message in &outbox.list(limit).await? {
        let listed = Listed {
            id: message.id.to_string(),
            kind: message.kind.as_str(),
            created_at: time(message.created_at),
            due_at: message.due_at.map(time),
            attempts: message.attempts,
            last_error: message.last_error.as_deref(),
        };
        output.line(serde_json::to_string(&listed)?)?;
    }
    output.flush()
}
