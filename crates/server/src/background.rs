//! What the server does beside answering: it sends mail, forgets what is over, writes down which sessions are used,
//! finds out what other nodes have ended, and looks after the signing keys.

use std::{sync::Arc, time::Duration};

use doorward_application::{
    App, Fault,
    mail::{DeliverMail, Delivered},
    operations::{Purge, TendKeys},
    revocations::Followed,
    sessions::RecordActivity,
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep, timeout_at},
};
use tracing::Instrument as _;

use crate::metrics::JobMetrics;

/// How long the jobs may take to come to an end when the server stops. What is cut short is done again later.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a job that failed waits: the store that it failed for is asked by others often enough.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    SendMail,
    Purge,
    RecordActivity,
    FollowRevocations,
    TendKeys,
}

impl Job {
    const ALL: [Self; 5] = [Self::SendMail, Self::Purge, Self::RecordActivity, Self::FollowRevocations, Self::TendKeys];

    /// The job's name, in the log and in the measurements.
    const fn as_str(self) -> &'static str {
        match self {
            Self::SendMail => "send_mail",
            Self::Purge => "purge",
            Self::RecordActivity => "record_activity",
            Self::FollowRevocations => "follow_revocations",
            Self::TendKeys => "tend_keys",
        }
    }

    const fn interval(self) -> Duration {
        match self {
            Self::SendMail => DeliverMail::INTERVAL,
            Self::Purge => Purge::INTERVAL,
            Self::RecordActivity => RecordActivity::INTERVAL,
            // It is told when there is something.
            Self::FollowRevocations => Duration::ZERO,
            Self::TendKeys => TendKeys::INTERVAL,
        }
    }

    /// Does it once. Says whether there may be more to do at once.
    async fn run(self, app: &App) -> Result<bool, Fault> {
        match self {
            Self::SendMail => {
                let delivered = app.mail.deliver.execute().await?;
                match delivered {
                    Some(Delivered::Parked) => tracing::warn!("a mail was put off for good: see `doorward mail list`"),
                    Some(outcome) => tracing::debug!(?outcome, "mail"),
                    None => {}
                }
                Ok(delivered.is_some())
            }
            Self::Purge => {
                let purged = app.operations.purge.execute().await?;
                if purged.accounts + purged.rows > 0 {
                    tracing::info!(?purged, "forgot what is over");
                }
                Ok(false)
            }
            Self::RecordActivity => {
                app.sessions.record_activity.execute().await?;
                Ok(false)
            }
            Self::FollowRevocations => {
                if app.revocations.follow.execute().await? == Followed::SetBack {
                    tracing::warn!("the revocation log was set back, as by a backup: what was known is forgotten");
                }
                Ok(false)
            }
            Self::TendKeys => {
                for step in app.operations.tend_keys.execute().await? {
                    tracing::info!(?step, "signing keys");
                }
                Ok(false)
            }
        }
    }

    /// Does it once; to fail is no reason to stop, because it is done again.
    async fn try_run(self, app: &App, metrics: &JobMetrics) -> Duration {
        // At the highest level, as a request's: a line that is logged at all is logged with its job.
        let span = tracing::error_span!("job", job = self.as_str());
        let done = self.run(app).instrument(span.clone()).await;
        metrics.ran(self.as_str(), done.is_ok());
        let _inside = span.entered();
        match done {
            Ok(true) => Duration::ZERO,
            Ok(false) => self.interval(),
            Err(cause) => {
                tracing::warn!(%cause, "a job in the background failed");
                if self == Self::FollowRevocations { Duration::ZERO } else { self.interval().max(AFTER_FAILURE) }
            }
        }
    }

    /// Returns when it is to be done again, which is in so long at the earliest.
    async fn pause(self, app: &App, wait: Duration) {
        sleep(wait).await;
        if self == Self::FollowRevocations {
            app.revocations.follow.due().await;
        }
    }

    async fn repeat(self, app: Arc<App>, metrics: JobMetrics, mut enough: watch::Receiver<bool>) {
        loop {
            let wait = self.try_run(&app, &metrics).await;
            tokio::select! {
                biased;
                _ = enough.wait_for(|enough| *enough) => break,
                () = self.pause(&app, wait) => {}
            }
        }
        // Nobody else knows what was noted here.
        if self == Self::RecordActivity {
            self.try_run(&app, &metrics).await;
        }
    }
}

/// The jobs, each again and again until it is stopped.
pub(crate) struct Background {
    enough: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts all of them, or none.
    pub(crate) fn start(app: &Arc<App>, metrics: &JobMetrics, wanted: bool) -> Self {
        let (enough, told_enough) = watch::channel(false);
        for job in Job::ALL {
            metrics.expect(job.as_str());
        }
        let start = |job: Job| tokio::spawn(job.repeat(Arc::clone(app), metrics.clone(), told_enough.clone()));
        Self { tasks: Job::ALL.into_iter().filter(|_| wanted).map(start).collect(), enough }
    }

    /// Ends them, each when it has done what it is at.
    pub(crate) async fn stop(self) {
        self.enough.send_replace(true);
        let until = Instant::now() + PATIENCE;
        for mut task in self.tasks {
            if timeout_at(until, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

/// Writes down which sessions are being used.
pub(crate) async fn record_activity(app: &App, metrics: &JobMetrics) {
    Job::RecordActivity.try_run(app, metrics).await;
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use doorward_settings::{Settings, Sources, load};
    use tempfile::TempDir;
    use tracing_subscriber::fmt::MakeWriter;

    use super::Job;
    use crate::{
        telemetry,
        wire::{self, Wiring},
    };

    /// Everything that was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Log {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    fn settings(dir: &TempDir) -> Settings {
        let set = |key: &str, value: String| (format!("DOORWARD__{key}"), value);
        let environment = vec![
            set("DATABASE__URL", format!("sqlite://{}", dir.path().join("doorward.db").display())),
            set("SECRETS__MASTER", "a".repeat(32)),
            set("LOG__FORMAT", "json".to_owned()),
        ];
        let sources = Sources { dir: "nowhere".into(), env_name: Sources::DEVELOPMENT.to_owned(), environment };
        load(sources).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[tokio::test]
    async fn a_job_is_named_in_its_lines_and_counted_under_what_came_of_it() {
        let dir = TempDir::new().unwrap();
        let (settings, wiring) = (settings(&dir), Wiring::default());
        let opened = wire::open(&settings, &wiring).await.unwrap();
        let steps = opened.store.migrate_up().await.unwrap().len();
        let public_url = settings.http.public_url(settings.http.address);
        let app = wire::app(&settings, &wiring, &opened, &public_url).await.unwrap();
        let jobs = &opened.metrics.jobs;
        Job::Purge.try_run(&app, jobs).await;
        opened.store.migrate_down(u32::try_from(steps).unwrap()).await.unwrap();

        let log = Log::default();
        let in_charge = tracing::subscriber::set_default(telemetry::subscriber(&settings.log, false, log.clone()));
        Job::Purge.try_run(&app, jobs).await;
        drop(in_charge);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert_eq!(lines[0]["message"], "a job in the background failed");
        assert_eq!(lines[0]["spans"][0]["job"], "purge");

        let measured = opened.metrics.scrape(&app).await.unwrap();
        for series in [
            "doorward_job_runs_total{task=\"purge\",outcome=\"done\"} 1",
            "doorward_job_runs_total{task=\"purge\",outcome=\"failed\"} 1",
        ] {
            assert!(measured.lines().any(|line| line == series), "{series}: {measured}");
        }
    }
}
