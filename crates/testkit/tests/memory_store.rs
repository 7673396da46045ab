//! The store in memory keeps the contract of every store.

use std::sync::Arc;

use doorward_testkit::{MemoryStore, contract::store::Subject, store_contract};

fn subject() -> Subject {
    let store = MemoryStore::new();
    let elsewhere = store.clone();
    let outbox = {
        let store = store.clone();
        // Nothing of it is ever at rest.
        move || store.messages().iter().map(|message| (message.content.kind().to_owned(), Vec::new())).collect()
    };
    Subject {
        store: Arc::new(store),
        elsewhere: Arc::new(elsewhere),
        outbox: Box::new(move || Box::pin(std::future::ready(outbox()))),
    }
}

store_contract!(subject());
