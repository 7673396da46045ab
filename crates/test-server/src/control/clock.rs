//! The time.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use chrono::{DateTime, Utc};
use doorward_testkit::server::{ClockState, TestServer};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Refused, answer, duration, moment};

/// How to change the clock. It is stopped or started first, then put to a moment, then advanced.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    running: Option<bool>,
    now: Option<String>,
    advance: Option<String>,
}

fn shown(ClockState { now, running }: ClockState) -> HttpResponse {
    answer(&json!({ "now": moment(now), "running": running }))
}

pub(super) async fn read(server: Data<TestServer>) -> HttpResponse {
    shown(server.clock())
}

pub(super) async fn change(server: Data<TestServer>, change: Json<Change>) -> Answer {
    let Change { running, now, advance } = change.into_inner();
    // Read before anything is done.
    let moment = now.as_deref().map(DateTime::parse_from_rfc3339).transpose();
    let moment = moment.map_err(|why| Refused::unreadable(&format!("now: {why}; write 2026-01-31T12:00:00Z")))?;
    let by = advance.as_deref().map(duration).transpose()?;
    let mut state = server.clock();
    if let Some(running) = running {
        state = server.run_clock(running).await?;
    }
    if let Some(moment) = moment {
        state = server.set_clock(moment.with_timezone(&Utc)).await?;
    }
    if let Some(by) = by {
        state = server.advance(by).await?;
    }
    Ok(shown(state))
}
