//! What this machine can do at all.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};

/// Hashes a second with a thread on every core, the memory of each kept between hashes.
pub(crate) fn argon2id(span: Duration) -> Result<f64> {
    let cores = thread::available_parallelism()?.get();
    let begin = Instant::now();
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            thread::spawn(move || -> Result<u32, argon2::Error> {
                let params = Params::new(19_456, 2, 1, Some(32))?;
                let mut memory = vec![Block::default(); params.block_count()];
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                let mut out = [0; 32];
                let mut count = 0;
                while begin.elapsed() < span {
                    argon2.hash_password_into_with_memory(b"password", b"salt of 16 bytes", &mut out, &mut memory)?;
                    count += 1;
                }
                Ok(count)
            })
        })
        .collect();
    let mut count = 0;
    for thread in threads {
        count += thread.join().map_err(|_| anyhow::anyhow!("a hashing thread panicked"))??;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}

/// Durable commits a second, one after the other, of one changed row, through the driver that doorward uses.
pub(crate) async fn durable_commits(dir: &Path, span: Duration) -> Result<f64> {
    let url = format!("sqlite://{}?mode=rwc", dir.join("limits.db").display());
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    for setup in [
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE counter (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
        "INSERT INTO counter VALUES (1, 0)",
    ] {
        db.execute_unprepared(setup).await?;
    }
    let begin = Instant::now();
    let mut count = 0_u32;
    while begin.elapsed() < span {
        db.execute_unprepared("UPDATE counter SET n = n + 1 WHERE id = 1").await?;
        count += 1;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}
