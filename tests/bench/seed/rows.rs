//! Rows of sessions, many at once: the store adds them one by one, as they are opened.

use anyhow::Result;
use doorward_domain::session::Session;
use sea_orm::{
    ConnectionTrait as _, DatabaseTransaction,
    sea_query::{Expr, Query},
};

/// How many rows a statement has: fewer than SQLite's 32,766 parameters.
pub(super) const AT_ONCE: usize = 1_000;

const COLUMNS: [&str; 17] = [
    "id",
    "user_id",
    "user_agent",
    "ip_address",
    "remembered",
    "created_at",
    "last_seen_at",
    "idle_expires_at",
    "absolute_expires_at",
    "ended_at",
    "end_reason",
    "access_token_id",
    "generation",
    "rotated_at",
    "nonce_digest",
    "refresh_key_id",
    "device_label",
];

/// Adds the sessions as the store writes them.
pub(super) async fn insert(tx: &DatabaseTransaction, sessions: &[Session]) -> Result<()> {
    let mut insert = Query::insert().into_table("sessions").columns(COLUMNS).take();
    for session in sessions {
        insert.values(row(session))?;
    }
    tx.execute(&insert).await?;
    Ok(())
}

fn row(session: &Session) -> [Expr; COLUMNS.len()] {
    let Session { device, refresh, .. } = session;
    [
        Expr::val(session.id.uuid()),
        Expr::val(session.user_id.uuid()),
        Expr::val(device.user_agent.as_ref().map(|agent| agent.as_str().to_owned())),
        Expr::val(device.ip_address.map(|address| address.to_string())),
        Expr::val(session.remembered),
        Expr::val(session.created_at),
        Expr::val(session.last_seen_at),
        Expr::val(session.idle_expires_at),
        Expr::val(session.absolute_expires_at),
        Expr::val(session.ended.map(|end| end.at)),
        Expr::val(session.ended.map(|end| end.reason.as_str())),
        Expr::val(session.access_token_id.uuid()),
        Expr::val(i64::from(refresh.generation)),
        Expr::val(refresh.rotated_at),
        Expr::val(refresh.nonce_digest.as_bytes().to_vec()),
        Expr::val(refresh.key_id.uuid()),
        Expr::val(device.label()),
    ]
}
