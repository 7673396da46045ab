//! `GET /docs/{file}`

use std::sync::{Arc, LazyLock};

use actix_web::{HttpRequest, HttpResponse, http::header};
use utoipa_swagger_ui::Config;

use crate::problem::{Code, Problem};

/// Without a validator's address: Swagger UI would send the document to one elsewhere.
static CONFIG: LazyLock<Arc<Config<'static>>> =
    LazyLock::new(|| Arc::new(Config::new(["/openapi.json"]).validator_url("none").with_credentials(true)));

pub(crate) const ERRORS: &[Code] = &[Code::NotFound];

/// Serves the files of Swagger UI, which are inside the binary.
#[utoipa::path(
    get, path = "/docs/{file}", operation_id = "docsFile", tag = "Operations",
    params(("file" = String, Path, description = "The file's name.")),
    responses((status = 200, description = "The file.", body = String, content_type = "*/*")),
)]
pub(crate) async fn handle(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let name = request.match_info().get("file").unwrap_or_default();
    let file = utoipa_swagger_ui::serve(name, Arc::clone(&CONFIG))
        .map_err(|cause| Problem::new(Code::InternalError).caused_by(cause.to_string()))?
        .ok_or(Code::NotFound)?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_SECURITY_POLICY, super::CONTENT_SECURITY_POLICY))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .content_type(file.content_type);
    // Packed when the server is built: unpacked they would be a tenth of the binary.
    if file.gzpipped {
        answer.insert_header(header::ContentEncoding::Gzip);
    }
    Ok(answer.body(file.bytes.into_owned()))
}
