//! The contract of the [`RevocationBus`] port.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use std::{sync::Arc, time::Duration};

use doorward_application::ports::{Access, RevocationBus, Store};
use doorward_domain::revocation::Revocation;
use tokio::time::timeout;

use super::store::Outcome;
use crate::builders::noon;

/// A bus, and the store whose commits it tells of.
pub struct Subject {
    /// The bus.
    pub bus: Arc<dyn RevocationBus>,
    /// The store.
    pub store: Arc<dyn Store>,
}

/// Longer than any test is to take.
const LONG: Duration = Duration::from_mins(2);
/// What is soon on a machine that has much else to do.
const SOON: Duration = Duration::from_secs(30);

/// Makes one test of each sentence of the contract. The argument makes the
/// [`Subject`](crate::contract::revocation_bus::Subject), and may await.
#[macro_export]
macro_rules! revocation_bus_contract {
    ($subject:expr) => {
        $crate::revocation_bus_contract! { @each $subject;
            a_wait_ends_when_something_was_revoked
            a_revocation_that_nobody_waited_for_ends_the_next_wait
            a_wait_ends_in_time_though_nothing_was_revoked
        }
    };
    (@each $subject:expr; $($sentence:ident)*) => {
        $(
            #[::tokio::test(flavor = "multi_thread")]
            async fn $sentence() -> $crate::contract::store::Outcome {
                $crate::contract::revocation_bus::$sentence(&$subject).await
            }
        )*
    };
}

async fn revoke(store: &Arc<dyn Store>) -> Outcome {
    let mut unit = store.begin(Access::Write).await?;
    unit.revocations().append(&[Revocation::KeysChanged], noon()).await?;
    Ok(unit.commit().await?)
}

/// Waits until the bus is ready: the first wait may end when it is.
async fn ready(bus: &Arc<dyn RevocationBus>) {
    bus.wait(Duration::from_secs(1)).await;
}

pub async fn a_wait_ends_when_something_was_revoked(subject: &Subject) -> Outcome {
    ready(&subject.bus).await;
    let bus = Arc::clone(&subject.bus);
    let waiting = tokio::spawn(async move { bus.wait(LONG).await });
    revoke(&subject.store).await?;
    Ok(timeout(SOON, waiting).await??)
}

pub async fn a_revocation_that_nobody_waited_for_ends_the_next_wait(subject: &Subject) -> Outcome {
    ready(&subject.bus).await;
    revoke(&subject.store).await?;
    Ok(timeout(SOON, subject.bus.wait(LONG)).await?)
}

pub async fn a_wait_ends_in_time_though_nothing_was_revoked(subject: &Subject) -> Outcome {
    ready(&subject.bus).await;
    Ok(timeout(SOON, subject.bus.wait(Duration::from_millis(10))).await?)
}
