//! The adapter of the `Meter` port.

use doorward_application::{
    auth::{LogIn, Refresh, Register},
    ports::{Event, Meter},
};
use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// Counts for Prometheus.
#[derive(Default)]
pub struct PrometheusMeter {
    sign_ins: Outcomes,
    sign_ups: Outcomes,
    refreshes: Outcomes,
    gate_hits: Counter,
    gate_misses: Counter,
}

/// How often there was each outcome.
type Outcomes = Family<[(&'static str, &'static str); 1], Counter>;

impl PrometheusMeter {
    /// A meter whose counts are published. Every outcome is there from the beginning, at zero: of a count that appears
    /// as one, nobody can tell that it has risen.
    pub fn registered(registry: &mut Registry) -> Self {
        let meter = Self::default();
        let mut publish = |outcomes: &Outcomes, name: &str, help: &str, words: &[&'static str]| {
            for word in words {
                let _at_zero = outcomes.get_or_create(&[("outcome", word)]);
            }
            registry.register(name, help, outcomes.clone());
        };
        publish(&meter.sign_ins, "sign_ins", "Sign-ins, by what came of them", &LogIn::OUTCOMES);
        publish(&meter.sign_ups, "sign_ups", "Sign-ups, by what came of them", &Register::OUTCOMES);
        publish(&meter.refreshes, "refreshes", "Refreshes, by what came of them", &Refresh::OUTCOMES);
        let help = "Requests that were let in by what the gate remembers";
        registry.register("gate_hits", help, meter.gate_hits.clone());
        registry.register("gate_misses", "Requests for which the database was asked", meter.gate_misses.clone());
        meter
    }
}

impl Meter for PrometheusMeter {
    fn count(&self, event: Event) {
        let one_of = |outcomes: &Outcomes, word| outcomes.get_or_create(&[("outcome", word)]).inc();
        match event {
            Event::SignIn(word) => one_of(&self.sign_ins, word),
            Event::SignUp(word) => one_of(&self.sign_ups, word),
            Event::Refresh(word) => one_of(&self.refreshes, word),
            Event::GateHit => self.gate_hits.inc(),
            Event::GateMiss => self.gate_misses.inc(),
        };
    }
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::{Event, Meter as _};
    use prometheus_client::{encoding::text::encode, registry::Registry};

    use super::PrometheusMeter;

    #[test]
    fn each_event_is_counted_once_under_its_outcome_and_all_begin_at_zero() {
        let mut registry = Registry::default();
        let meter = PrometheusMeter::registered(&mut registry);
        let read = || {
            let mut text = String::new();
            encode(&mut text, &registry).unwrap();
            text
        };
        let line = |text: &str, line: &str| text.lines().any(|one| one == line);
        let before = read();
        for zero in [
            "sign_ins_total{outcome=\"invalid_credentials\"} 0",
            "sign_ups_total{outcome=\"signed_in\"} 0",
            "refreshes_total{outcome=\"reused\"} 0",
            "gate_hits_total 0",
            "gate_misses_total 0",
        ] {
            assert!(line(&before, zero), "{zero}: {before}");
        }
        meter.count(Event::SignIn("invalid_credentials"));
        meter.count(Event::SignUp("signed_in"));
        meter.count(Event::Refresh("reused"));
        meter.count(Event::GateHit);
        meter.count(Event::GateMiss);
        let after = read();
        let risen: Vec<_> = after.lines().filter(|line| line.ends_with(" 1")).collect();
        assert_eq!(
            risen,
            [
                "sign_ins_total{outcome=\"invalid_credentials\"} 1",
                "sign_ups_total{outcome=\"signed_in\"} 1",
                "refreshes_total{outcome=\"reused\"} 1",
                "gate_hits_total 1",
                "gate_misses_total 1",
            ]
        );
    }
}
