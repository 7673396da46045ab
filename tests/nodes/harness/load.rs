//! Requests that are made all the while.

use std::{future::Future, pin::pin, time::Duration};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::time::interval;

/// Makes so many requests a second until there are enough, each with its number, and gives what became of them.
pub(crate) async fn steadily<R: Future>(
    per_second: u32,
    enough: impl Future<Output = ()>,
    mut request: impl FnMut(usize) -> R,
) -> Vec<R::Output> {
    let mut enough = pin!(enough);
    let mut ticks = interval(Duration::from_secs(1) / per_second);
    let (mut under_way, mut done) = (FuturesUnordered::new(), Vec::new());
    for number in 0.. {
        let is_next = loop {
            tokio::select! {
                () = &mut enough => break false,
                _ = ticks.tick() => break true,
                Some(output) = under_way.next() => done.push(output),
            }
        };
        if !is_next {
            break;
        }
        under_way.push(request(number));
    }
    done.extend(under_way.collect::<Vec<_>>().await);
    done
}
