//! `/undo-email-change`: gives an account back to the address that it had.

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
        title: "Take your address back",
        text: "Press the button to give your account its old address back. All sessions end, the password works no \
               longer, and a mail lets you choose another.",
        action: "/undo-email-change",
        token: Some(&token.ok_or(Code::InvalidToken)?),
        button: "Undo the change",
        ..FormPage::default()
    };
    answer(HttpResponse::Ok(), &page)
}

/// Undoes the change.
pub(crate) async fn submit(
    edge: Data<Edge>,
    client: Client,
    Form(form): Form<LinkForm>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.undo_email_change.execute(&form.token, client.device).await?;
    let notice = Notice {
        title: "The change is undone",
        text: "Check your mail to choose a new password.",
        ..Notice::default()
    };
    answer(HttpResponse::Ok(), &notice)
}
