//! `doorward users import`

mod format;
mod lines;
mod repeats;
mod report;

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufRead, BufReader, stdin},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use clap::Args;
use doorward_application::operations::{ImportOutcome, ImportUsers, ImportedUser, RefusedField, UserRecord};
use doorward_domain::user::EmailAddress;
use doorward_settings::Settings;
use format::{Format, Reader};
use lines::Lines;
use repeats::Names;
use report::Report;

use super::record::{Complaint, record};
use crate::{commands::open_app, output};

/// What to import, and how.
#[derive(Clone, Debug, Args)]
pub(crate) struct Arguments {
    /// The file; `-` is standard input.
    file: PathBuf,
    /// How it is written. Told by the file's name if it ends with .jsonl, .ndjson or .csv.
    #[arg(long)]
    format: Option<Format>,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// A file for what is to be said of single lines; standard error if there is none.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Import administrators too.
    #[arg(long)]
    allow_admins: bool,
}

pub(super) async fn run(settings: &Settings, arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { file, format, dry_run, report, allow_admins } = arguments;
    let format = format.or_else(|| Format::of(&file)).context("say how the file is written: --format jsonl or csv")?;
    let input = open(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut lines = match format {
        Format::Jsonl => Lines::of(input),
        Format::Csv => Lines::of_table(input),
    };
    let reader = Reader::begin(format, &mut lines)?;
    if let Some(report) = &report {
        let is_file = [report, &file].map(|file| file.canonicalize().ok());
        ensure!(is_file[0].is_none() || is_file[0] != is_file[1], "--report would overwrite the file");
    }
    let report = Report::to(report.as_deref())?;
    let app = open_app(settings).await?;
    let mut import = Import {
        users: &app.operations.import_users,
        reader,
        dry_run,
        allow_admins,
        report,
        names: Names::default(),
        summary: Summary::default(),
    };
    let mut last_line = 0;
    while let Some(line) = import.some(&mut lines).await.with_context(|| {
        format!("stopped after line {last_line}; run it again with the same file, what is there already stays")
    })? {
        last_line = line;
    }
    let summary = import.end()?;
    let Summary { imported, already_there, bad } = summary;
    let would_be = if dry_run { "dry run: would be " } else { "" };
    let printed =
        output::print(format_args!("{would_be}imported {imported}, already there {already_there}, bad {bad}"));
    ensure!(bad == 0, "{bad} of the lines are bad");
    printed
}

fn open(file: &Path) -> io::Result<Box<dyn BufRead>> {
    if output::is_standard(file) {
        return Ok(Box::new(BufReader::new(stdin())));
    }
    Ok(Box::new(BufReader::new(File::open(file)?)))
}

/// How many lines became what.
#[derive(Clone, Copy, Debug, Default)]
struct Summary {
    imported: u64,
    already_there: u64,
    bad: u64,
}

struct Import<'a> {
    users: &'a ImportUsers,
    reader: Reader,
    dry_run: bool,
    allow_admins: bool,
    report: Report,
    names: Names,
    summary: Summary,
}

/// What is remembered of a user who is given away to be imported.
struct Candidate {
    line: u64,
    names: Vec<(&'static str, String)>,
}

impl Candidate {
    /// The address is the first of the names.
    fn email(&self) -> &str {
        self.names.first().map_or("", |(_, email)| email)
    }
}

impl Import<'_> {
    /// Imports the users of some lines. Says which was the last, if there was any.
    async fn some(&mut self, lines: &mut Lines) -> anyhow::Result<Option<u64>> {
        let (mut users, mut candidates, mut last) = (Vec::new(), Vec::new(), None);
        for _ in 0..ImportUsers::BATCH {
            let Some((line, text)) = lines.next()? else { break };
            last = Some(line);
            let fields = text.map_err(str::to_owned).and_then(|text| self.reader.read(&text));
            match fields.map(record) {
                Err(reason) => self.bad(line, None, &[Complaint::new("", reason)]),
                Ok((record, complaints)) => match self.user(record, complaints) {
                    Err((email, complaints)) => self.bad(line, email.as_ref(), &complaints),
                    Ok(user) => {
                        candidates.push(Candidate { line, names: user.names().collect() });
                        users.push(user);
                    }
                },
            }
        }
        let outcomes = if self.dry_run { self.users.foresee(&users).await? } else { self.users.execute(users).await? };
        for (candidate, outcome) in candidates.into_iter().zip(outcomes) {
            self.count(&candidate, outcome)?;
        }
        self.report.write()?;
        Ok(last)
    }

    /// The user of a record, or everything that is wrong with it, and whose it is as far as that can be told.
    fn user(
        &self,
        record: UserRecord,
        mut complaints: Vec<Complaint>,
    ) -> Result<ImportedUser, (Option<EmailAddress>, Vec<Complaint>)> {
        let email = record.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
        let refused = match self.users.read(record, self.allow_admins) {
            Ok(user) if complaints.is_empty() => return Ok(user),
            Ok(_) => Vec::new(),
            Err(refused) => refused,
        };
        for RefusedField { field, reason } in refused {
            if complaints.iter().all(|complaint| complaint.field != field) {
                complaints.push(Complaint::new(field, reason.to_string()));
            }
        }
        Err((email, complaints))
    }

    fn bad(&mut self, line: u64, email: Option<&EmailAddress>, complaints: &[Complaint]) {
        self.summary.bad += 1;
        for complaint in complaints {
            self.report.complain(line, email.map(EmailAddress::canonical), complaint);
        }
    }

    fn count(&mut self, candidate: &Candidate, outcome: ImportOutcome) -> anyhow::Result<()> {
        let email = candidate.email();
        let was_there = match outcome {
            ImportOutcome::Refused(refused) => {
                self.summary.bad += 1;
                for RefusedField { field, reason } in refused {
                    self.report.complain(candidate.line, Some(email), &Complaint::new(field, reason.to_string()));
                }
                return Ok(());
            }
            ImportOutcome::AlreadyThere => {
                self.summary.already_there += 1;
                self.report.already_there(candidate.line, email);
                true
            }
            ImportOutcome::Imported => {
                self.summary.imported += 1;
                false
            }
        };
        // Of those who are written, the store tells which other names are taken.
        let told = candidate.names.iter().filter(|(field, _)| self.dry_run || *field == "email");
        for (field, name) in told {
            self.names.note(field, name, candidate.line, was_there, email)?;
        }
        Ok(())
    }

    /// Finds the lines that name a user of another line. They were counted as if they did not.
    fn end(self) -> anyhow::Result<Summary> {
        let Self { mut report, names, mut summary, .. } = self;
        let mut known = HashSet::new();
        for repeat in names.repeats()? {
            let repeat = repeat?;
            if known.insert(repeat.line) {
                let counted = if repeat.was_there { &mut summary.already_there } else { &mut summary.imported };
                *counted = counted.saturating_sub(1);
                summary.bad += 1;
            }
            report.repeated(&repeat);
            report.write()?;
        }
        Ok(summary)
    }
}
