//! Requests that are made to fail.

use std::time::Duration;

use actix_web::web::{Data, Json};
use doorward_testkit::server::{Code, Fault, TestServer};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Refused, answer, done, duration};

/// What is to happen to the next requests of a route.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Body {
    method: Option<String>,
    path: String,
    times: Option<u32>,
    code: Option<String>,
    status: Option<u16>,
    retry_after: Option<u32>,
    delay: Option<String>,
}

impl Body {
    fn read(self) -> Result<Fault, Refused> {
        let answer = match (&self.code, self.status) {
            (Some(_), Some(_)) => return Err(Refused::unreadable(&"code or status, not both")),
            (Some(code), None) => Some(TestServer::code(code)?),
            (None, Some(status)) => Some(TestServer::code(&status.to_string())?),
            (None, None) => None,
        };
        let delay = self.delay.as_deref().map(duration).transpose()?;
        Ok(Fault {
            method: self.method,
            path: self.path,
            times: self.times.unwrap_or(1),
            answer,
            retry_after: self.retry_after,
            delay: delay.unwrap_or(Duration::ZERO),
        })
    }
}

fn shown(fault: &Fault) -> Value {
    json!({
        "method": fault.method,
        "path": fault.path,
        "times": fault.times,
        "code": fault.answer.map(Code::as_str),
        "retryAfter": fault.retry_after,
        "delay": humantime::format_duration(fault.delay).to_string(),
    })
}

pub(super) async fn list(server: Data<TestServer>) -> Answer {
    Ok(answer(&json!({ "faults": server.faults().iter().map(shown).collect::<Vec<_>>() })))
}

pub(super) async fn add(server: Data<TestServer>, body: Json<Body>) -> Answer {
    server.fail(body.into_inner().read()?)?;
    Ok(done())
}

pub(super) async fn clear(server: Data<TestServer>) -> Answer {
    server.clear_faults();
    Ok(done())
}
