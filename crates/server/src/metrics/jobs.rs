//! How the jobs in the background fare.

use std::sync::Arc;

use doorward_application::ports::Clock;
use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// How the jobs in the background fare. A clone is another handle on the same figures.
#[derive(Clone)]
pub(crate) struct JobMetrics {
    clock: Arc<dyn Clock>,
    runs: Family<[(&'static str, &'static str); 2], Counter>,
    succeeded_at: Family<[(&'static str, &'static str); 1], Gauge>,
}

impl JobMetrics {
    pub(super) fn registered(clock: &Arc<dyn Clock>, registry: &mut Registry) -> Self {
        let jobs = Self { clock: Arc::clone(clock), runs: Family::default(), succeeded_at: Family::default() };
        registry.register("job_runs", "Runs of the jobs in the background, by what came of them", jobs.runs.clone());
        let help = "When a job in the background did its work last, in Unix time; 0 if never";
        registry.register("job_last_success_timestamp_seconds", help, jobs.succeeded_at.clone());
        jobs
    }

    /// A job that has not run yet, so that one that never does is seen.
    pub(crate) fn expect(&self, job: &'static str) {
        for outcome in ["done", "failed"] {
            let _at_zero = self.runs.get_or_create(&[("task", job), ("outcome", outcome)]);
        }
        let _never = self.succeeded_at.get_or_create(&[("task", job)]);
    }

    /// A job has run.
    pub(crate) fn ran(&self, job: &'static str, is_done: bool) {
        let outcome = if is_done { "done" } else { "failed" };
        self.runs.get_or_create(&[("task", job), ("outcome", outcome)]).inc();
        if is_done {
            self.succeeded_at.get_or_create(&[("task", job)]).set(self.clock.now().timestamp());
        }
    }
}
