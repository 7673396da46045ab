//! Whether a sign-up waits for its mail.

use std::{net::TcpListener, path::Path, time::Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::{
    PASSWORD,
    client::{Connection, Request},
    server::Server,
};

/// How many sign-ups of each kind.
const SIGN_UPS: usize = 400;

/// Signs up at two servers in turn: one puts its mails into files, the other has a mail server that takes connections
/// and never says a word.
pub(crate) async fn run(dir: &Path) -> Result<()> {
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("smtp://{}", silent.local_addr()?);
    let dirs = [dir.join("files"), dir.join("silent")];
    dirs.iter().try_for_each(std::fs::create_dir)?;
    let files = Server::doorward(&dirs[0]).await?;
    let smtp = [("DOORWARD__MAIL__TRANSPORT", "smtp"), ("DOORWARD__MAIL__SMTP_URL", url.as_str())];
    let hanging = Server::doorward_with(&dirs[1], &smtp).await?;
    let mut connections = [Connection::open(&files.addr).await?, Connection::open(&hanging.addr).await?];
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..SIGN_UPS {
        for (connection, times) in connections.iter_mut().zip(&mut times) {
            let person = json!({
                "email": format!("mail-{n}@example.com"), "password": PASSWORD, "firstName": "Ann", "lastName": "Other",
            });
            let request = Request::post("/auth/register", &person);
            let asked = Instant::now();
            let answer = connection.ask(&request).await?;
            times.push(asked.elapsed().as_secs_f64() * 1e3);
            ensure!(answer.status == 201, "sign-up answered {}", answer.status);
        }
    }
    println!("\nsign-up, one after the other       p50 ms     p99 ms");
    for (name, mut times) in ["mails into files", "a mail server that hangs"].into_iter().zip(times) {
        times.sort_unstable_by(f64::total_cmp);
        println!("{name:<32} {:>9.2}  {:>9.2}", times[SIGN_UPS / 2], times[SIGN_UPS * 99 / 100]);
    }
    Ok(())
}
