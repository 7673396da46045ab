//! The pages that the links of mails lead to, where there is nothing to fill in: a GET asks for the press of the
//! button, which posts what the link carried.

use serde::Deserialize;

use super::{Form, FormPage, Notice, Shell, answer};
use crate::{
    edge::Edge,
    extract::{Client, Form as Posted, LinkToken},
    problem::{Code, Problem},
};

/// What the button posts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkForm {
    #[serde(default)]
    token: String,
}

macro_rules! links {
    ($($(#[$doc:meta])* $page:ident $path:literal $use_case:ident;)*) => {
        $(
            $(#[$doc])*
            pub(crate) mod $page {
                use actix_web::{HttpResponse, web::Data};

                use super::*;

                /// Asks for the press of the button.
                pub(crate) async fn show(
                    shell: Shell,
                    LinkToken(token): LinkToken,
                ) -> Result<HttpResponse, Problem> {
                    let (t, token) = (&shell.t.$page, token.ok_or(Code::InvalidToken)?);
                    let form = Form {
                        hidden: vec![("token", &token)],
                        ..Form::new(&shell, $path, &t.button)
                    };
                    let page = FormPage { shell: &shell, title: &t.title, lead: &t.lead, form, aside: Vec::new() };
                    answer(&page)
                }

                /// Does it.
                pub(crate) async fn submit(
                    edge: Data<Edge>,
                    shell: Shell,
                    client: Client,
                    Posted(form): Posted<LinkForm>,
                ) -> Result<HttpResponse, Problem> {
                    edge.app.account.$use_case.execute(&form.token, client.device).await?;
                    let t = &shell.t.$page;
                    answer(&Notice::new(&shell, &t.done_title, &t.done, ("/", &shell.t.shell.go_home)))
                }
            }
        )*
    };
}

links! {
    /// `/verify-email`: proves the address of an account.
    verify_email "/verify-email" verify_email;
    /// `/confirm-email`: changes the address of an account.
    confirm_email "/confirm-email" confirm_email;
    /// `/undo-email-change`: gives an account back to the address that it had.
    undo_email_change "/undo-email-change" undo_email_change;
    /// `/not-me`: ends every session of an account.
    not_me "/not-me" disown;
}
