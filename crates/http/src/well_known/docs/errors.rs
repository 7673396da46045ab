//! `GET /docs/errors`

use std::fmt::Write;

use actix_web::{HttpResponse, http::header::ContentType};

use crate::problem::Code;

pub(crate) const ERRORS: &[Code] = &[];

/// Explains every code: the page that a problem's `type` points into.
#[utoipa::path(
    get, path = "/docs/errors", operation_id = "docsErrors", tag = "Operations",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")),
)]
pub(crate) async fn handle() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::html()).body(page())
}

fn page() -> String {
    let mut page = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>doorward: errors</title></head>\n\
         <body>\n<h1>Errors</h1>\n",
    );
    for code in Code::ALL {
        let (name, status, title, message) = (code.as_str(), code.status(), code.title(), code.message());
        // Every text is a constant without markup in it.
        let section = format_args!(
            "<section id=\"{name}\">\n<h2>{title}</h2>\n<p><code>{name}</code>, {status}</p>\n<p>{message}</p>\n\
             </section>\n"
        );
        page.write_fmt(section).expect("a string takes whatever is written to it");
    }
    page.push_str("</body>\n</html>\n");
    page
}
