//! A service that receives tokens and verifies them itself.

use std::{net::SocketAddr, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::ServerHandle,
    web::{self, Data},
};
use doorward_verifier::{Authenticated, LostFeed, Verifier};
use reqwest::Client;

use super::{PUBLIC_URL, Person, Relay, Reply, person::client};

/// Longer than a client keeps a connection, so that none sends into one that is being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// A resource server, which asks doorward through a relay of its own.
pub(crate) struct Service {
    pub(crate) relay: Relay,
    addr: SocketAddr,
    handle: ServerHandle,
    client: Client,
}

impl Service {
    /// One that follows the feed of the doorward at this address, and accepts nobody while it cannot.
    pub(crate) async fn of(doorward: SocketAddr) -> Self {
        let relay = Relay::to(doorward).await;
        let verifier = Verifier::builder(format!("http://{}", relay.addr))
            .issuer(PUBLIC_URL)
            .audience("doorward")
            .when_feed_is_lost(LostFeed::Refuse)
            .lost_after(Duration::from_secs(30))
            .start()
            .await
            .expect("the verifier starts");
        let shared = Data::new(verifier);
        let server = HttpServer::new(move || App::new().app_data(shared.clone()).route("/", web::get().to(whose)))
            .workers(1)
            .keep_alive(KEEP_ALIVE)
            .disable_signals()
            .bind("127.0.0.1:0")
            .expect("a free port");
        let addr = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { relay, addr, handle, client: client() }
    }

    /// What became of a request with this one's token, as in `200` and `401 session_ended`.
    pub(crate) async fn ask(&self, who: &Person) -> String {
        let request = self.client.get(format!("http://{}/", self.addr)).bearer_auth(&who.access);
        Reply::of(request).await.outcome()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It is asked to stop at once; nobody waits for it.
        drop(self.handle.stop(false));
    }
}

async fn whose(Authenticated(claims): Authenticated) -> String {
    claims.subject.to_string()
}
