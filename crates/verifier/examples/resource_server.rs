//! A service that believes doorward's access tokens: `resource_server <server> <audience> [<seconds>]`, where after so
//! many seconds without the revocation feed every token is refused.

use std::{error::Error, time::Duration};

use actix_web::{App, HttpServer, get, web::Data};
use doorward_verifier::{Authenticated, LostFeed, Verifier};

#[get("/")]
async fn hello(Authenticated(claims): Authenticated) -> String {
    format!("Hello {}", claims.subject)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let [server, audience] = [(); 2].map(|()| arguments.next().unwrap_or_default());
    let seconds = arguments.next().map_or(Ok(30), |seconds| seconds.parse())?;

    let verifier = Verifier::builder(server).audience(audience).when_feed_is_lost(LostFeed::Refuse);
    let verifier = Data::new(verifier.lost_after(Duration::from_secs(seconds)).start().await?);
    let service = HttpServer::new(move || App::new().app_data(verifier.clone()).service(hello));
    let service = service.workers(1).bind("127.0.0.1:0")?;
    println!("http://{}", service.addrs()[0]);
    Ok(service.run().await?)
}
