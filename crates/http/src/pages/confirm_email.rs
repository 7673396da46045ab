//! `/confirm-email`: changes the address of an account.

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
        title: "Change your email address",
        text: "Press the button to make the address that the mail was sent to the address of your account.",
        action: "/confirm-email",
        token: Some(&token.ok_or(Code::InvalidToken)?),
        button: "Use this address",
        ..FormPage::default()
    };
    answer(HttpResponse::Ok(), &page)
}

/// Changes the address.
pub(crate) async fn submit(
    edge: Data<Edge>,
    client: Client,
    Form(form): Form<LinkForm>,
) -> Result<HttpResponse, Problem> {
    edge.app.account.confirm_email.execute(&form.token, client.device).await?;
    let notice =
        Notice { title: "Your email address is changed", text: "You can close this page.", ..Notice::default() };
    answer(HttpResponse::Ok(), &notice)
}
