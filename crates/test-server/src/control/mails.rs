//! The mails.

use actix_web::{
    http::StatusCode,
    web::{Data, Query},
};
use doorward_testkit::server::{Mail, MailFilter, MessageKind, TestServer};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Refused, answer, duration, moment};

/// Which mails are meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    to: Option<String>,
    kind: Option<String>,
    after: Option<u64>,
    /// How long to wait.
    timeout: Option<String>,
}

impl Which {
    const PATIENCE: &str = "5s";

    fn filter(&self) -> Result<MailFilter, Refused> {
        let known = |name: &String| {
            let names = MessageKind::ALL.into_iter().filter(|kind| !kind.is_request()).map(MessageKind::as_str);
            let unknown = || format!("kind: {name} is none of {}", names.collect::<Vec<_>>().join(", "));
            MessageKind::of_name(name).ok_or_else(|| Refused::unreadable(&unknown()))
        };
        let kind = self.kind.as_ref().map(known).transpose()?;
        Ok(MailFilter { to: self.to.clone(), kind, after: self.after.unwrap_or_default() })
    }
}

fn shown(mail: &Mail) -> Value {
    json!({
        "number": mail.number,
        "kind": mail.kind.as_str(),
        "to": mail.to,
        "locale": mail.locale,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "link": mail.link,
        "token": mail.token,
        "at": moment(mail.at),
    })
}

fn none(why: &str) -> Refused {
    Refused::new(StatusCode::NOT_FOUND, why)
}

pub(super) async fn list(server: Data<TestServer>, which: Query<Which>) -> Answer {
    let mails = server.mails(&which.filter()?).await?;
    Ok(answer(&json!({ "mails": mails.iter().map(|mail| shown(mail)).collect::<Vec<_>>() })))
}

pub(super) async fn latest(server: Data<TestServer>, which: Query<Which>) -> Answer {
    let latest = server.latest_mail(&which.filter()?).await?;
    Ok(answer(&shown(&*latest.ok_or_else(|| none("there is no such mail"))?)))
}

pub(super) async fn next(server: Data<TestServer>, which: Query<Which>) -> Answer {
    let patience = duration(which.timeout.as_deref().unwrap_or(Which::PATIENCE))?;
    let next = server.wait_for_mail(&which.filter()?, patience).await?;
    Ok(answer(&shown(&*next.ok_or_else(|| none("no such mail came in time"))?)))
}

pub(super) async fn clear(server: Data<TestServer>, which: Query<Which>) -> Answer {
    Ok(answer(&json!({ "cleared": server.clear_mails(&which.filter()?).await? })))
}
