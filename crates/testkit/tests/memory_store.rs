//! The store in memory keeps the contract of every store.

use std::sync::Arc;

use doorward_testkit::{
    MemoryStore, attempt_counters_contract,
    contract::{attempts, revocation_bus, store::Subject},
    revocation_bus_contract, store_contract,
};

fn subject() -> Subject {
    let store = MemoryStore::new();
    let elsewhere = store.clone();
    let at_rest = {
        let store = store.clone();
        // Nothing of it is ever at rest.
        move |table| match table {
            "outbox" => vec![Vec::new(); store.counts().messages],
            _ => vec![Vec::new(); store.counts().kept_answers],
        }
    };
    Subject {
        store: Arc::new(store),
        elsewhere: Arc::new(elsewhere),
        at_rest: Box::new(move |table| Box::pin(std::future::ready(at_rest(table)))),
    }
}

store_contract!(subject());

fn bus() -> revocation_bus::Subject {
    let store = Arc::new(MemoryStore::new());
    revocation_bus::Subject { bus: store.clone(), store }
}

revocation_bus_contract!(bus());

fn counters() -> attempts::Subject {
    let counters = Arc::new(MemoryStore::new());
    attempts::Subject { counters: counters.clone(), elsewhere: counters }
}

attempt_counters_contract!(counters());
