//! `GET /docs`

use actix_web::{
    HttpResponse,
    http::header::{self, ContentType},
};

use crate::problem::Code;

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>doorward</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/swagger-ui-standalone-preset.js"></script>
<script src="/docs/swagger-initializer.js"></script>
</body>
</html>
"#;

pub(crate) const ERRORS: &[Code] = &[];

/// Shows this documentation.
#[utoipa::path(
    get, path = "/docs", operation_id = "docs", tag = "Operations",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")),
)]
pub(crate) async fn handle() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, super::CONTENT_SECURITY_POLICY))
        .content_type(ContentType::html())
        .body(PAGE)
}
