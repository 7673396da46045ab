//! Any request, over the real routes, guards and use cases, with fakes behind them: it is answered as is described.
#![no_main]
#![expect(dead_code, reason = "the tests that these files belong to use all of them")]

#[path = "../../crates/http/tests/edge/answer.rs"]
mod answer;
#[path = "../../crates/http/tests/edge/harness.rs"]
mod harness;
#[path = "../../crates/http/tests/edge/schema.rs"]
mod schema;
#[path = "../../crates/http/tests/edge/wild_request.rs"]
mod wild_request;
#[path = "../../crates/http/tests/edge/wild_world.rs"]
mod wild_world;

use std::cell::RefCell;

use actix_web::rt::{System, SystemRunner};
use libfuzzer_sys::fuzz_target;
use wild_world::WildWorld;

thread_local! {
    static STAGE: RefCell<(SystemRunner, WildWorld)> = RefCell::new({
        let system = System::new();
        let world = system.block_on(WildWorld::new());
        (system, world)
    });
}

fuzz_target!(|bytes: &[u8]| {
    STAGE.with_borrow_mut(|(system, world)| {
        system.block_on(world.ask(bytes));
    });
});
