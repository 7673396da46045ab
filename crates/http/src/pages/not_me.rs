//! `/not-me`: ends every session of an account.

use actix_web::{HttpResponse, web::Data};

use super::{FormPage, LinkForm, Notice, answer};
use crate::{
    edge::Edge,
    extract::{Client, Form, LinkToken},
    problem::{Code, Problem},
};

/// Asks for the press of the button.
pub(crate) async fn show(LinkToken(token): LinkToken) -> Result<HttpResponse, Problem> {
    let page = FormPage {
        title: "Was that not you?",
        text: "Press the button to end all sessions of your account. The password works no longer, and a mail lets you \
               choose another.",
        action: "/not-me",
        token: Some(&token.ok_or(Code::InvalidToken)?),
        button: "End all sessions",
        ..FormPage::default()
    };
    answer(HttpResponse::Ok(), &page)
}

/// Ends them.
pub(crate) async fn submit(
    edge: Data<Edge>,
    client: Client,
    Form(form): Form<LinkForm>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.disown.execute(&form.token, client.device).await?;
    let notice = Notice {
        title: "All sessions are ended",
        text: "Check your mail to choose a new password.",
        ..Notice::default()
    };
    answer(HttpResponse::Ok(), &notice)
}
