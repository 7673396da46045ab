//! Which traces are recorded.

use std::hash::{BuildHasher as _, RandomState};

use doorward_http::FromStranger;
use opentelemetry::{
    Context, KeyValue,
    trace::{Link, SpanContext, SpanKind, TraceContextExt as _, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// What begins without a request and is worth a trace of its own.
pub(super) const MAIL: &str = "mail.send";

/// Records a share of the requests and of the mails, and what is done for them.
///
/// A request that a trusted proxy has put into a trace is recorded if the proxy records it. A stranger's word on that is
/// not taken. Nor does its trace's id decide, which it has chosen too: it is drawn by a key of this process.
#[derive(Clone, Debug)]
pub(super) struct Sampling {
    ratio: f64,
    drawn_by: RandomState,
}

impl Sampling {
    pub(super) fn new(ratio: f64) -> Self {
        Self { ratio, drawn_by: RandomState::new() }
    }

    fn draws(&self, trace: TraceId) -> bool {
        let [high, low] = [32, 0].map(|shift| {
            let drawn = self.drawn_by.hash_one(trace) >> shift;
            u32::try_from(drawn & u64::from(u32::MAX)).unwrap_or(u32::MAX)
        });
        // From 0 to just below 1.
        let place = (f64::from(high) + f64::from(low) / 4_294_967_296.0) / 4_294_967_296.0;
        place < self.ratio
    }

    fn records(&self, parent: Option<&Context>, trace: TraceId, name: &str, kind: &SpanKind) -> bool {
        let stranger = parent.is_some_and(|parent| parent.get::<FromStranger>().is_some());
        match parent.map(|parent| parent.span().span_context().clone()).filter(SpanContext::is_valid) {
            Some(parent) if parent.is_remote() && stranger => self.draws(trace),
            Some(parent) => parent.is_sampled(),
            // What a job in the background asks of the database every second is in no trace.
            None => (*kind == SpanKind::Server || name == MAIL) && self.draws(trace),
        }
    }
}

impl ShouldSample for Sampling {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let decision = if self.records(parent, trace, name, kind) {
            SamplingDecision::RecordAndSample
        } else {
            SamplingDecision::Drop
        };
        SamplingResult { decision, attributes: Vec::new(), trace_state: TraceState::NONE }
    }
}

#[cfg(test)]
mod tests {
    use doorward_http::FromStranger;
    use opentelemetry::{
        Context,
        trace::{SpanContext, SpanId, SpanKind, TraceContextExt as _, TraceFlags, TraceId, TraceState},
    };

    use super::{MAIL, Sampling};

    const TRACE: TraceId = TraceId::from_bytes([7; 16]);

    fn parent(is_sampled: bool, is_remote: bool) -> Context {
        let flags = if is_sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        let span = SpanContext::new(TRACE, SpanId::from_bytes([1; 8]), flags, is_remote, TraceState::NONE);
        Context::new().with_remote_span_context(span)
    }

    fn records(ratio: f64, parent: Option<&Context>) -> bool {
        Sampling::new(ratio).records(parent, TRACE, "request", &SpanKind::Server)
    }

    #[test]
    fn a_proxys_word_counts_and_a_strangers_does_not() {
        for is_sampled in [true, false] {
            let of_proxy = parent(is_sampled, true);
            assert_eq!([0.0, 1.0].map(|ratio| records(ratio, Some(&of_proxy))), [is_sampled; 2]);
            let of_stranger = of_proxy.with_value(FromStranger);
            assert_eq!([0.0, 1.0].map(|ratio| records(ratio, Some(&of_stranger))), [false, true]);
        }
    }

    #[test]
    fn what_is_done_for_a_request_is_recorded_if_the_request_is() {
        for is_sampled in [true, false] {
            // A stranger's mark stays in the context of what is done for it.
            let inside = parent(is_sampled, false).with_value(FromStranger);
            assert_eq!([0.0, 1.0].map(|ratio| records(ratio, Some(&inside))), [is_sampled; 2]);
        }
    }

    #[test]
    fn a_trace_begins_with_a_request_or_a_mail_and_with_nothing_else() {
        let all = Sampling::new(1.0);
        assert!(all.records(None, TRACE, "request", &SpanKind::Server));
        assert!(all.records(Some(&Context::new()), TRACE, MAIL, &SpanKind::Client));
        assert!(!all.records(Some(&Context::new()), TRACE, "database.unit", &SpanKind::Client));
    }

    #[test]
    fn about_as_many_are_drawn_as_are_wanted_whatever_their_ids() {
        let drawn = |ratio: f64| {
            let sampling = Sampling::new(ratio);
            // Ids that a stranger would choose: all small.
            (1..=10_000_u128).filter(|id| sampling.draws(TraceId::from_bytes(id.to_be_bytes()))).count()
        };
        assert_eq!((drawn(0.0), drawn(1.0)), (0, 10_000));
        // Twenty times the standard deviation.
        assert!((1_500..3_500).contains(&drawn(0.25)), "{}", drawn(0.25));
    }
}
