//! What the use cases tell when they are asked: most of it is in the database.

use std::{sync::atomic::AtomicU64, time::Duration};

use chrono::TimeDelta;
use doorward_application::{App, operations::Figures};
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use tokio::{sync::Mutex, time::timeout};

type Seconds = Gauge<f64, AtomicU64>;

/// The figures as they were when they were read last.
#[derive(Default)]
pub(super) struct FigureGauges {
    /// Whose turn it is to ask the database: however many ask here, one connection is used.
    turn: Mutex<()>,
    database_up: Gauge,
    outbox_waiting: Gauge,
    outbox_parked: Gauge,
    outbox_oldest: Seconds,
    keys: Family<[(&'static str, &'static str); 1], Gauge>,
    signing_key_age: Seconds,
    next_key_step: Seconds,
    gate_staleness: Seconds,
}

impl FigureGauges {
    /// How long the database may take. With the writing of the text it is answered within three seconds.
    const WITHIN: Duration = Duration::from_secs(2);

    pub(super) fn registered(registry: &mut Registry) -> Self {
        let all = Self::default();
        let mut count = |name: &str, help: &str, gauge: &Gauge| registry.register(name, help, gauge.clone());
        count("database_up", "1 if the database answered when this was asked for, else 0", &all.database_up);
        count("outbox_waiting", "Messages that wait to be sent", &all.outbox_waiting);
        count("outbox_parked", "Messages that are put off for good: see `doorward mail list`", &all.outbox_parked);
        let mut seconds = |name: &str, help: &str, gauge: &Seconds| registry.register(name, help, gauge.clone());
        let help = "How long the oldest of those that wait has waited; 0 if none waits";
        seconds("outbox_oldest_waiting_seconds", help, &all.outbox_oldest);
        let help = "For how long the key that signs access tokens has done so";
        seconds("signing_key_age_seconds", help, &all.signing_key_age);
        let help =
            "How long it is until a signing key is made or retired; below 0 if it should have been; +Inf if never";
        seconds("signing_key_next_step_seconds", help, &all.next_key_step);
        let help = "How long ago the node read, to its end, what other nodes have ended; +Inf if never";
        seconds("gate_staleness_seconds", help, &all.gate_staleness);
        registry.register("signing_keys", "Signing keys, by their state", all.keys.clone());
        all
    }

    /// Asks for them, unless somebody else is asking just now.
    pub(super) async fn renew(&self, app: &App) {
        let measure = &app.operations.measure;
        self.gate_staleness.set(measure.gate_staleness().map_or(f64::INFINITY, |age| age.as_secs_f64()));
        let Ok(_turn) = self.turn.try_lock() else { return };
        let read = timeout(Self::WITHIN, measure.execute()).await;
        let figures = match read {
            Ok(Ok(figures)) => Some(figures),
            Ok(Err(cause)) => {
                tracing::debug!(%cause, "no figures");
                None
            }
            Err(_) => None,
        };
        self.database_up.set(i64::from(figures.is_some()));
        if let Some(figures) = figures {
            self.set(&figures);
        }
    }

    fn set(&self, figures: &Figures) {
        let Figures { at, outbox, keys, signing_since, next_key_step } = figures;
        self.outbox_waiting.set(whole(outbox.waiting));
        self.outbox_parked.set(whole(outbox.parked));
        self.outbox_oldest.set(outbox.oldest_waiting.map_or(0.0, |oldest| seconds(*at - oldest).max(0.0)));
        for (state, count) in keys {
            self.keys.get_or_create(&[("state", state.as_str())]).set(whole(*count));
        }
        self.signing_key_age.set(signing_since.map_or(0.0, |since| seconds(*at - since).max(0.0)));
        self.next_key_step.set(next_key_step.map_or(f64::INFINITY, |next| seconds(next - *at)));
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn seconds(span: TimeDelta) -> f64 {
    span.as_seconds_f64()
}
