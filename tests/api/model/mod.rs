//! The server against a model of it: traces of what people do, what time does and what restarts do, made up by chance
//! and taken on SQLite and on PostgreSQL alike. Each answer, on both, must be the one that the model gives.
//!
//! The traces of every run are the same ones. `make prove-model` takes many others, made up anew each time.

mod seen;
mod side;
mod step;
mod world;

use futures_util::future::join;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed};
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use side::Side;
use step::{Step, Traces};
use tokio::runtime::Runtime;
use world::World;

use crate::app::Database::*;

/// The server on both databases.
struct BothSides {
    runtime: Runtime,
    sqlite: Side,
    postgres: Side,
}

struct AsTheModelSays;

impl StateMachineTest for AsTheModelSays {
    type SystemUnderTest = BothSides;
    type Reference = Traces;

    fn init_test(_: &World) -> BothSides {
        let runtime = Runtime::new().expect("a runtime");
        let (sqlite, postgres) = runtime.block_on(join(Side::start(Sqlite), Side::start(Postgres)));
        BothSides { runtime, sqlite, postgres }
    }

    fn apply(both: BothSides, world: &World, _: Step) -> BothSides {
        let step = world.taken.clone().expect("a step was taken");
        let BothSides { runtime, sqlite, postgres } = both;
        let taken = join(sqlite.take(&step, world), postgres.take(&step, world));
        let ((sqlite, one), (postgres, other)) = runtime.block_on(taken);
        let both = BothSides { runtime, sqlite, postgres };
        if let Err(difference) = one.and(other) {
            both.stop();
            panic!("{difference}");
        }
        seen::note(&step, &world.expected);
        both
    }

    /// Whatever the last steps have changed in silence, all tokens tell it.
    fn teardown(mut both: BothSides, mut world: World) {
        for session in 0..world.sessions.len() {
            for step in [Step::Ask { session, back: 0 }, Step::Refresh { session, back: 0 }] {
                world.take(&step);
                both = Self::apply(both, &world, step);
            }
        }
        both.stop();
    }
}

impl BothSides {
    fn stop(self) {
        self.runtime.block_on(join(self.sqlite.stop(), self.postgres.stop()));
    }
}

/// How many traces are taken, if not those of every run.
fn many() -> Option<u32> {
    #[expect(clippy::disallowed_methods, reason = "tests have no settings; `make prove-model` sets it")]
    let many = std::env::var("DOORWARD_PROVE_MODEL").ok();
    many.map(|many| many.parse().expect("DOORWARD_PROVE_MODEL is a number of traces"))
}

fn config() -> Config {
    /// Of the first four hundred, the one whose traces come across the most.
    const SEED: u64 = 39;
    const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/api/model/regressions.txt");
    Config {
        cases: many().unwrap_or(16),
        rng_seed: if many().is_some() { RngSeed::Random } else { RngSeed::Fixed(SEED) },
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        max_shrink_iters: 500,
        ..Config::default()
    }
}

prop_state_machine! {
    #![proptest_config(config())]
    fn take_traces(sequential 20..60 => AsTheModelSays);
}

#[test]
fn both_databases_answer_every_trace_as_the_model_does() {
    take_traces();
    seen::print();
    seen::nothing_is_missing();
}
