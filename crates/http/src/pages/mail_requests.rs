//! The pages that ask for a mail: an address is typed, and whether it has an account is not told.

use serde::Deserialize;

use super::{Field, Form, FormPage, Notice, Shell, answer};
use crate::{
    edge::Edge,
    extract::{Client, Form as Posted},
    problem::Problem,
};

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressForm {
    #[serde(default)]
    email: String,
}

macro_rules! mail_requests {
    ($($(#[$doc:meta])* $page:ident $path:literal $use_case:ident;)*) => {
        $(
            $(#[$doc])*
            pub(crate) mod $page {
                use actix_web::{HttpResponse, web::Data};

                use super::*;

                fn page<'a>(shell: &'a Shell, form: &'a AddressForm) -> FormPage<'a> {
                    let t = &shell.t.$page;
                    let form = Form {
                        fields: vec![Field::email("email", &shell.t.fields.email, &*form.email).focused()],
                        ..Form::new(shell, $path, &t.button)
                    };
                    let aside = vec![("", "/login".into(), &*shell.t.shell.sign_in)];
                    FormPage { shell, title: &t.title, lead: &t.lead, form, aside }
                }

                /// Asks for the address.
                pub(crate) async fn show(shell: Shell) -> Result<HttpResponse, Problem> {
                    answer(&page(&shell, &AddressForm::default()))
                }

                /// Notes the wish.
                pub(crate) async fn submit(
                    edge: Data<Edge>,
                    shell: Shell,
                    client: Client,
                    Posted(form): Posted<AddressForm>,
                ) -> Result<HttpResponse, Problem> {
                    let asked = edge.app.account.$use_case.execute(&form.email, &client.device).await;
                    asked.map_err(|error| page(&shell, &form).refused(error.into()))?;
                    let t = &shell.t.$page;
                    answer(&Notice::new(&shell, &t.sent_title, &t.sent, ("/", &shell.t.shell.go_home)))
                }
            }
        )*
    };
}

mail_requests! {
    /// `/forgot-password`: asks for a mail to choose a new password with.
    forgot_password "/forgot-password" request_reset;
    /// `/resend-verification`: asks for another mail to prove an address with.
    resend_verification "/resend-verification" request_verification;
}
