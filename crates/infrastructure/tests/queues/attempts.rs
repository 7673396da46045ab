//! Counters of attempts.

use std::sync::Arc;

use doorward_infrastructure::store::scratch::ScratchDatabase;
use doorward_testkit::{attempt_counters_contract, contract::attempts::Subject};

use crate::two_processes;

async fn subject(database: &ScratchDatabase) -> Subject {
    let [counters, elsewhere] = two_processes(database).await;
    Subject { counters: Arc::new(counters), elsewhere: Arc::new(elsewhere) }
}

mod sqlite {
    use super::*;

    attempt_counters_contract!(subject(&ScratchDatabase::sqlite()).await);
}

mod postgres {
    use super::*;

    attempt_counters_contract!(subject(&ScratchDatabase::postgres().await).await);
}
