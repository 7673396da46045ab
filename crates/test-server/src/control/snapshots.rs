//! States that are kept and gone back to.

use actix_web::web::{Data, Path};
use doorward_testkit::server::TestServer;
use serde_json::json;

use super::{Answer, answer, done};

pub(super) async fn list(server: Data<TestServer>) -> Answer {
    Ok(answer(&json!({ "snapshots": server.snapshots().await? })))
}

pub(super) async fn keep(server: Data<TestServer>, name: Path<String>) -> Answer {
    server.snapshot(&name).await?;
    Ok(done())
}

pub(super) async fn forget(server: Data<TestServer>, name: Path<String>) -> Answer {
    server.forget(&name).await?;
    Ok(done())
}

pub(super) async fn restore(server: Data<TestServer>, name: Path<String>) -> Answer {
    server.restore(&name).await?;
    Ok(done())
}

pub(super) async fn reset(server: Data<TestServer>) -> Answer {
    server.reset().await?;
    Ok(done())
}
