//! What a request costs at the least: a route that asks nobody and knows its answer, inside all that stands around
//! doorward's own routes.

use std::{env, fs, thread::available_parallelism};

use actix_web::{
    App, HttpResponse, HttpServer, Scope,
    http::header::ContentType,
    rt,
    web::{self, Bytes},
};
use anyhow::{Context, Result};
use doorward::{
    telemetry,
    wire::{self, Wiring},
};
use doorward_settings::Settings;

use crate::server::development;

/// The argument that makes this program the bare route; a file with its answer follows.
pub(crate) const BARE_ROUTE: &str = "--bare-route";

/// The route that it has, so that what is logged is the same.
pub(crate) const PATH: &str = "/auth/me";

/// Serves with the settings of the environment, on a database of its own that is never asked.
pub(crate) fn serve() -> Result<()> {
    let body = fs::read(env::args_os().nth(2).context("the file with the answer is missing")?)?;
    let environment: Vec<_> =
        env::vars_os().filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?))).collect();
    let settings = development(environment.iter().map(|(key, value)| (key.as_str(), value.as_str())))?;
    telemetry::init(&settings.log);
    rt::System::new().block_on(run(&settings, body.into()))
}

async fn run(settings: &Settings, body: Bytes) -> Result<()> {
    let opened = wire::open(settings, &Wiring::default()).await?;
    opened.store.migrate_up().await?;
    let public_url = settings.http.public_url(settings.http.address);
    let app = wire::app(settings, &Wiring::default(), &opened, &public_url).await?;
    let edge = wire::edge(settings, &app, &public_url)?;
    let service =
        move || App::new().configure(|config| doorward_http::surround(config, &edge, knows_its_answer(body.clone())));
    let workers = available_parallelism()?.get();
    Ok(HttpServer::new(service).workers(workers).bind(settings.http.address)?.run().await?)
}

fn knows_its_answer(body: Bytes) -> Scope {
    let answer = move || {
        let body = body.clone();
        async move { HttpResponse::Ok().content_type(ContentType::json()).body(body) }
    };
    web::scope("").route(PATH, web::get().to(answer))
}
