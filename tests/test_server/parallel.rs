//! Many servers at once.

use futures_util::future::join_all;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_run_at_once_have_nothing_in_common() {
    let stages = join_all((0..12).map(|_| Stage::new())).await;
    let tokens = join_all(stages.iter().map(|stage| stage.sign_up("jane@example.com"))).await;
    join_all(stages.iter().map(|stage| stage.keep("jane"))).await;
    stages[0].order("/clock", &json!({ "advance": "10m" })).await;
    for (n, stage) in stages.iter().enumerate() {
        for (m, (access, _)) in tokens.iter().enumerate() {
            let expected = if n == m && n != 0 { 200 } else { 401 };
            assert_eq!(stage.me(access).await, expected, "the token of {m} at {n}");
        }
    }
    join_all(stages.iter().map(|stage| stage.restore("jane"))).await;
    assert_eq!(stages[0].me(&tokens[0].0).await, 200);
    let mut issuers: Vec<_> = stages.iter().map(|stage| stage.server.issuer().to_owned()).collect();
    issuers.sort_unstable();
    issuers.dedup();
    assert_eq!(issuers.len(), stages.len());
}
