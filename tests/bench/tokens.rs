//! What a million access tokens that differ leave in the server's memory.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Result, anyhow, ensure};
use doorward::wire::{self, Wiring};
use doorward_application::ports::{Access, Clock as _, IdGenerator as _, Store as _, TokenSigner as _};
use doorward_domain::{Role, Secret, Timestamp, TokenId, session::Session, token::AccessClaims};
use doorward_infrastructure::{
    Sealer,
    clock::SystemClock,
    jwt::{ExtraClaims, JwtOptions, JwtSigner},
    uuid_v7::UuidV7,
};

use crate::{
    CONNECTIONS,
    client::{self, Load, Request},
    seed::Seeder,
    server::{Launch, MASTER, Server, development},
};

/// How many sessions the tokens are of, and how many there are of each.
const SESSIONS: u32 = 100_000;
const TOKENS_EACH: usize = 10;
/// How often the memory is looked at.
const STEPS: usize = 5;
const LIFE: Duration = Duration::from_mins(10);

/// Offers the tokens, each of them good and each once, and then as many as a tenth of them that are forged.
pub(crate) async fn run(dir: &Path) -> Result<()> {
    let dir = dir.join("tokens");
    std::fs::create_dir(&dir)?;
    let url = format!("sqlite://{}", dir.join("doorward.db").display());
    let settings = [MASTER, ("DOORWARD__DATABASE__URL", url.as_str())];
    let server = Server::start(Launch { dir: &dir, settings: &settings, core: None, log: None }).await?;
    let opened = wire::open(&development(settings)?, &Wiring::default()).await?;
    let now = SystemClock.now();
    let mut seeder = Seeder::open(&url, opened.store.clone(), now).await?;
    let users = seeder.users(SESSIONS / 2).await?;
    let sessions = seeder.live_sessions(&users, SESSIONS).await?;
    seeder.settle().await?;
    let sealer = Arc::new(Sealer::new(&Secret::new(MASTER.1.as_bytes().to_vec()), &[])?);
    let signer = Arc::new(JwtSigner::new(sealer, options(&server)));
    let ring = opened.store.begin(Access::Read).await?.signing_keys().list().await?;
    signer.renew(&ring)?;

    println!("{} access tokens of {SESSIONS} sessions, each once", SESSIONS as usize * TOKENS_EACH);
    println!("memory before       {:>9.1} MB", server.resident_mb()?);
    let mut offered = 0;
    for some in sessions.chunks(sessions.len() / STEPS) {
        let shares = some.chunks(some.len().div_ceil(CONNECTIONS));
        let loads = shares.map(|share| Fresh::<false>::new(&signer, share.to_vec())).collect();
        let measured = client::run(&server.addr, Duration::MAX, loads).await?;
        offered += some.len() * TOKENS_EACH;
        println!("after {offered:>9}     {:>9.1} MB, {:.0} requests/s", server.resident_mb()?, measured.rate());
    }
    let forged = sessions[..sessions.len() / 10].chunks(sessions.len() / 10 / CONNECTIONS);
    let loads = forged.map(|share| Fresh::<true>::new(&signer, share.to_vec())).collect();
    let measured = client::run(&server.addr, Duration::MAX, loads).await?;
    ensure!(measured.count() > 0.0, "no forged token was offered");
    println!("after {:.0} forged ones {:.1} MB\n", measured.count(), server.resident_mb()?);
    Ok(())
}

/// Tokens of these sessions, each once.
struct Fresh<const FORGED: bool> {
    signer: Arc<JwtSigner>,
    sessions: Vec<Session>,
    ids: UuidV7,
    next: usize,
}

impl<const FORGED: bool> Fresh<FORGED> {
    fn new(signer: &Arc<JwtSigner>, sessions: Vec<Session>) -> Self {
        Self { signer: Arc::clone(signer), sessions, ids: UuidV7::default(), next: 0 }
    }

    fn sign(&self, session: &Session, now: Timestamp) -> Result<String> {
        let claims = AccessClaims {
            subject: session.user_id,
            session_id: session.id,
            token_id: TokenId::new(self.ids.next(now)),
            epoch: 0,
            role: Role::Candidate,
            issued_at: now,
            expires_at: now + LIFE,
            profile: None,
        };
        let token = self.signer.sign(&claims, now)?.expose().clone();
        Ok(if FORGED { forge(&token).ok_or_else(|| anyhow!("a token has three parts"))? } else { token })
    }
}

impl<const FORGED: bool> Load for Fresh<FORGED> {
    const STATUS: u16 = if FORGED { 401 } else { 200 };

    fn next(&mut self, _answer: Option<&[u8]>) -> Result<Option<Request>> {
        let Some(session) = self.sessions.get(self.next / TOKENS_EACH) else { return Ok(None) };
        let token = self.sign(session, SystemClock.now())?;
        self.next += 1;
        Ok(Some(Request::get("/auth/me").bearer(&token)))
    }
}

/// The same with another's signature: that of the same length is still base64, and no signature of these claims.
fn forge(token: &str) -> Option<String> {
    let (signed, signature) = token.rsplit_once('.')?;
    Some(format!("{signed}.{}", signature.chars().rev().collect::<String>()))
}

/// As the server has them.
fn options(server: &Server) -> JwtOptions {
    JwtOptions {
        issuer: format!("http://{}", server.addr),
        audience: "doorward".to_owned(),
        client_id: "doorward".to_owned(),
        access_ttl: LIFE,
        extra_claims: ExtraClaims { user_id: true, session_id: true, id: true },
    }
}
