//! The contract of the [`AttemptCounters`] port.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use std::{sync::Arc, time::Duration};

use doorward_application::ports::{AttemptCounters, Counted, TakeError};
use doorward_domain::{
    Digest,
    attempt::{Budget, Exhausted},
};
use tokio::task::JoinSet;

use super::store::Outcome;
use crate::builders::noon;

/// Empty counters, as two nodes see them.
pub struct Subject {
    /// The counters.
    pub counters: Arc<dyn AttemptCounters>,
    /// The same of another node.
    pub elsewhere: Arc<dyn AttemptCounters>,
}

/// Makes one test of each sentence of the contract. The argument makes the
/// [`Subject`](crate::contract::attempts::Subject), and may await.
#[macro_export]
macro_rules! attempt_counters_contract {
    ($subject:expr) => {
        $crate::attempt_counters_contract! { @each $subject;
            no_more_are_taken_at_once_than_there_are
            an_attempt_is_taken_out_of_every_budget_or_out_of_none
            of_several_that_are_exhausted_the_longest_is_told
            those_who_take_out_of_the_same_two_wait_for_no_end
            what_is_put_back_can_be_taken_again
            a_budget_that_begins_anew_is_whole
            a_stopped_budget_stays_so_until_it_begins_anew
            what_matters_no_more_is_forgotten_and_nothing_else
        }
    };
    (@each $subject:expr; $($sentence:ident)*) => {
        $(
            #[::tokio::test(flavor = "multi_thread")]
            async fn $sentence() -> $crate::contract::store::Outcome {
                $crate::contract::attempts::$sentence(&$subject).await
            }
        )*
    };
}

const FEW: Budget = Budget { attempts: 10, per: Duration::from_mins(15), stop_after: None };

fn counted(n: u8, budget: Budget) -> Counted {
    Counted { key: Digest::of(&[n]), budget }
}

/// Takes until there is nothing left. Says how often that went well.
async fn exhaust(counters: &Arc<dyn AttemptCounters>, wanted: &[Counted]) -> Result<u32, TakeError> {
    let mut taken = 0;
    loop {
        match counters.take(wanted, noon()).await {
            Ok(()) => taken += 1,
            Err(TakeError::Exhausted(..)) => return Ok(taken),
            Err(cause) => return Err(cause),
        }
    }
}

pub async fn no_more_are_taken_at_once_than_there_are(subject: &Subject) -> Outcome {
    let mut takers = JoinSet::new();
    for n in 0..50 {
        let counters = Arc::clone(if n % 2 == 0 { &subject.counters } else { &subject.elsewhere });
        takers.spawn(async move { counters.take(&[counted(1, FEW)], noon()).await });
    }
    let mut taken = 0;
    while let Some(outcome) = takers.join_next().await {
        match outcome? {
            Ok(()) => taken += 1,
            Err(TakeError::Exhausted(..)) => {}
            Err(cause) => return Err(cause.into()),
        }
    }
    assert_eq!(taken, FEW.attempts);
    Ok(())
}

pub async fn an_attempt_is_taken_out_of_every_budget_or_out_of_none(subject: &Subject) -> Outcome {
    let small = counted(1, Budget { attempts: 3, ..FEW });
    let large = counted(2, FEW);
    assert_eq!(exhaust(&subject.counters, &[small, large]).await?, 3);
    assert_eq!(exhaust(&subject.elsewhere, &[large]).await?, FEW.attempts - 3);
    Ok(())
}

pub async fn of_several_that_are_exhausted_the_longest_is_told(subject: &Subject) -> Outcome {
    let soon = counted(1, Budget { attempts: 1, ..FEW });
    let late = counted(2, Budget { attempts: 1, per: 2 * FEW.per, ..FEW });
    subject.counters.take(&[soon, late], noon()).await?;
    for wanted in [[soon, late], [late, soon]] {
        let refused = subject.counters.take(&wanted, noon()).await;
        let Err(TakeError::Exhausted(key, Exhausted::Until(at))) = refused else { panic!("{refused:?}") };
        assert_eq!((key, at), (late.key, noon() + late.budget.per));
    }
    Ok(())
}

pub async fn those_who_take_out_of_the_same_two_wait_for_no_end(subject: &Subject) -> Outcome {
    let many = Budget { attempts: 1_000, ..FEW };
    let mut takers = JoinSet::new();
    for n in 0..20 {
        let counters = Arc::clone(if n % 2 == 0 { &subject.counters } else { &subject.elsewhere });
        let mut both = [counted(1, many), counted(2, many)];
        if n % 4 < 2 {
            both.reverse();
        }
        takers.spawn(async move {
            for _ in 0..5 {
                counters.take(&both, noon()).await?;
                counters.settle(&[], &both).await?;
            }
            counters.settle(&both, &[]).await?;
            Ok::<_, TakeError>(())
        });
    }
    while let Some(outcome) = takers.join_next().await {
        outcome??;
    }
    Ok(())
}

pub async fn what_is_put_back_can_be_taken_again(subject: &Subject) -> Outcome {
    let wanted = [counted(1, FEW)];
    exhaust(&subject.counters, &wanted).await?;
    subject.elsewhere.settle(&[], &wanted).await?;
    assert_eq!(exhaust(&subject.counters, &wanted).await?, 1);
    subject.counters.settle(&[], &[counted(2, FEW)]).await?;
    assert_eq!(exhaust(&subject.counters, &[counted(2, FEW)]).await?, FEW.attempts);
    Ok(())
}

pub async fn a_budget_that_begins_anew_is_whole(subject: &Subject) -> Outcome {
    let (one, other) = (counted(1, FEW), counted(2, FEW));
    exhaust(&subject.counters, &[one, other]).await?;
    subject.elsewhere.settle(&[one], &[]).await?;
    assert_eq!(exhaust(&subject.counters, &[one, other]).await?, 0);
    assert_eq!(exhaust(&subject.counters, &[one]).await?, FEW.attempts);
    Ok(())
}

pub async fn a_stopped_budget_stays_so_until_it_begins_anew(subject: &Subject) -> Outcome {
    let wanted = [counted(1, Budget { stop_after: Some(2), ..FEW })];
    assert_eq!(exhaust(&subject.counters, &wanted).await?, 2);
    let later = subject.counters.take(&wanted, noon() + Duration::from_hours(24 * 20)).await;
    assert!(matches!(later, Err(TakeError::Exhausted(_, Exhausted::Stopped))), "{later:?}");
    subject.counters.settle(&wanted, &[]).await?;
    assert_eq!(exhaust(&subject.counters, &wanted).await?, 2);
    Ok(())
}

pub async fn what_matters_no_more_is_forgotten_and_nothing_else(subject: &Subject) -> Outcome {
    let month = Duration::from_hours(24 * 30);
    let stopping = counted(9, Budget { stop_after: Some(2), ..FEW });
    for n in 1..=3 {
        subject.counters.take(&[counted(n, FEW)], noon()).await?;
    }
    exhaust(&subject.counters, &[stopping]).await?;
    assert_eq!(subject.counters.purge(noon(), 10).await?, 0);
    assert_eq!(subject.counters.purge(noon() + FEW.per, 2).await?, 2);
    assert_eq!(subject.counters.purge(noon() + FEW.per, 10).await?, 1);
    assert_eq!(subject.counters.purge(noon() + month, 10).await?, 0);
    let stopped = subject.counters.take(&[stopping], noon() + month).await;
    assert!(matches!(stopped, Err(TakeError::Exhausted(_, Exhausted::Stopped))), "{stopped:?}");
    assert_eq!(subject.counters.purge(noon() + month + FEW.per, 10).await?, 1);
    Ok(())
}
