//! What is measured, and the listener that publishes it.

mod figures;
mod jobs;
mod listener;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use doorward_application::{App, ports::Clock};
use doorward_infrastructure::metrics::{ProcessMetrics, PrometheusMeter};
use figures::FigureGauges;
pub(crate) use jobs::JobMetrics;
pub(crate) use listener::Publisher;
use prometheus_client::{
    encoding::text::{encode_eof, encode_registry},
    metrics::info::Info,
    registry::Registry,
};

/// All that is measured of a server.
pub struct Metrics {
    ours: Mutex<Registry>,
    /// Without our prefix: these names are everybody's.
    of_process: Registry,
    /// What the use cases count with.
    pub(crate) meter: Arc<PrometheusMeter>,
    pub(crate) jobs: JobMetrics,
    figures: FigureGauges,
}

impl Metrics {
    /// What text that [`scrape`](Self::scrape) gives is.
    pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    pub(crate) fn new(clock: &Arc<dyn Clock>) -> Self {
        let mut ours = Registry::with_prefix("doorward");
        ours.register("build", "What is running", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let meter = Arc::new(PrometheusMeter::registered(&mut ours));
        let jobs = JobMetrics::registered(clock, &mut ours);
        let figures = FigureGauges::registered(&mut ours);
        let mut of_process = Registry::default();
        of_process.register_collector(Box::new(ProcessMetrics::new(clock.now())));
        Self { ours: Mutex::new(ours), of_process, meter, jobs, figures }
    }

    /// Has something else published.
    pub(crate) fn publish(&self, register: impl FnOnce(&mut Registry)) {
        register(&mut self.ours.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Everything, as `OpenMetrics` text. It answers within three seconds, whatever has become of the database: of what is
    /// in it, it then says what it knew last, and that it is not up.
    pub(crate) async fn scrape(&self, app: &App) -> Result<String, fmt::Error> {
        self.figures.renew(app).await;
        let mut text = String::new();
        encode_registry(&mut text, &self.ours.lock().unwrap_or_else(PoisonError::into_inner))?;
        encode_registry(&mut text, &self.of_process)?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}
