//! A database that has been in use for years: users, and sessions that are live, that ended and that expired.

mod rows;

use std::{net::Ipv4Addr, ops::Range, time::Duration};

use anyhow::{Context, Result, anyhow, ensure};
use doorward_application::ports::{Access, IdGenerator, NewUser, PasswordHasher as _, Store as _};
use doorward_domain::{
    Digest, RefreshKeyId, Role, SessionId, Timestamp, TokenId, UserId,
    session::{Device, EndReason, RefreshState, Session, SessionEnd, UserAgent},
    user::{EmailAddress, Password, PasswordHash, PersonName, User, Username},
};
use doorward_infrastructure::{
    password::{HashingOptions, HashingPool},
    store::SeaStore,
    uuid_v7::UuidV7,
};
use doorward_testkit::builders::{line, profile, user};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, TransactionTrait as _};

use crate::{PASSWORD, chance::Chance};

/// A day.
pub(crate) const DAY: Duration = Duration::from_hours(24);

/// How long ago the first user signed up.
const YEARS: Duration = Duration::from_hours(3 * 365 * 24);
/// How many users one unit adds.
const BATCH: usize = 2_000;
/// How many sessions are added before a commit.
const AT_ONCE: u32 = 20_000;

const AGENTS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 \
     Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "my-app/1.2",
];

/// Fills a database whose tables are there.
pub(crate) struct Seeder {
    store: SeaStore,
    rows: DatabaseConnection,
    hash: PasswordHash,
    now: Timestamp,
    chance: Chance,
}

impl Seeder {
    /// Everyone has the same password, hashed as the settings have it. What is lost in a crash is seeded again: nothing
    /// here waits for the disk.
    pub(crate) async fn open(url: &str, store: SeaStore, now: Timestamp) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let rows = Database::connect(options).await?;
        let hurry: &[&str] = match rows.get_database_backend() {
            DbBackend::Postgres => &["SET synchronous_commit = off"],
            _ => &["PRAGMA synchronous = OFF", "PRAGMA cache_size = -500000"],
        };
        for statement in hurry {
            rows.execute_unprepared(statement).await?;
        }
        let costs = HashingOptions { memory_kib: 19_456, iterations: 2, parallelism: 1, threads: 1 };
        let password = Password::parse(PASSWORD).map_err(|refused| anyhow!("{refused:?}"))?;
        let hash = HashingPool::start(costs)?.hash(&password).await?;
        Ok(Self { store, rows, hash, now, chance: Chance::default() })
    }

    /// Adds users, as an import would.
    pub(crate) async fn users(&self, count: u32) -> Result<Vec<UserId>> {
        let ids = UuidV7::default();
        let mut added = Vec::new();
        for first in (0..count).step_by(BATCH) {
            let users = (first..count.min(first + u32::try_from(BATCH)?)).map(|n| {
                let created_at = self.now - YEARS + YEARS / count * n;
                self.user(n, UserId::new(ids.next(created_at)), created_at)
            });
            let users: Vec<_> = users.collect::<Result<_>>()?;
            let mut unit = self.store.begin(Access::Write).await?;
            let outcomes = unit.users().insert_many(&users).await?;
            ensure!(outcomes.iter().all(Result::is_ok), "a user was there already");
            unit.commit().await?;
            added.extend(users.iter().map(|new| new.user.id));
        }
        Ok(added)
    }

    fn user(&self, n: u32, id: UserId, created_at: Timestamp) -> Result<NewUser> {
        let role = if n.is_multiple_of(10) { Role::Employer } else { Role::Candidate };
        let user = User {
            id,
            email: EmailAddress::parse(&email(n)).map_err(|refused| anyhow!("{refused:?}"))?,
            email_verified_at: Some(created_at),
            username: Some(Username::parse(&format!("person{n:07}")).map_err(|refused| anyhow!("{refused:?}"))?),
            // Names that are near each other are made one after the other, which takes a third of the time; the tables
            // hold the same in the end.
            name: PersonName::new(line(&format!("First{:02}", n % 100)), line(&format!("Last{:05}", n / 100))),
            role,
            created_at,
            ..user(n)
        };
        let password = Some(PasswordHash::new(self.hash.expose().to_owned()));
        Ok(NewUser { user, profile: profile(role), password })
    }

    /// Adds sessions that were opened now.
    pub(crate) async fn live_sessions(&mut self, users: &[UserId], count: u32) -> Result<Vec<Session>> {
        let ids = UuidV7::default();
        let key_id = RefreshKeyId::new(ids.next(self.now));
        let sessions: Vec<_> =
            (0..count).map(|_| Session { ended: None, ..self.session(&ids, users, key_id, self.now) }).collect();
        let tx = self.rows.begin().await?;
        for some in sessions.chunks(rows::AT_ONCE) {
            rows::insert(&tx, some).await?;
        }
        tx.commit().await?;
        Ok(sessions)
    }

    /// Adds sessions of these users that were opened so long ago, the oldest first.
    pub(crate) async fn sessions(&mut self, users: &[UserId], count: u32, ago: Range<Duration>) -> Result<()> {
        let ids = UuidV7::default();
        let apart = ago.end.saturating_sub(ago.start) / count;
        let key_id = RefreshKeyId::new(UuidV7::default().next(self.now));
        let mut n = 0;
        while n < count {
            let until = count.min(n + AT_ONCE);
            let tx = self.rows.begin().await?;
            while n < until {
                let opened: Vec<_> = (n..until.min(n + u32::try_from(rows::AT_ONCE)?))
                    .map(|n| self.session(&ids, users, key_id, self.now - ago.end + apart * n))
                    .collect();
                rows::insert(&tx, &opened).await?;
                n += u32::try_from(opened.len())?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    fn session(&mut self, ids: &UuidV7, users: &[UserId], key_id: RefreshKeyId, opened: Timestamp) -> Session {
        let absolute_expires_at = opened + 30 * DAY;
        let latest = self.now.min(absolute_expires_at);
        let lasted = u32::try_from((latest - opened).num_seconds()).unwrap_or(0).max(1);
        let mut within = |seconds: u32| Duration::from_secs(self.chance.below(seconds.max(1) as usize) as u64);
        // Some sign out, some do not come again, the others go on and on.
        let kind = within(100).as_secs();
        let last_seen_at = opened + if kind < 60 { within(lasted.min(3 * 86_400)) } else { within(lasted) };
        let reasons = [EndReason::LoggedOut, EndReason::LoggedOut, EndReason::LoggedOut, EndReason::Replaced];
        let ended = (kind < 35).then(|| SessionEnd {
            at: last_seen_at,
            reason: reasons[usize::try_from(kind).unwrap_or(0) % reasons.len()],
        });
        let id = SessionId::new(ids.next(opened));
        Session {
            id,
            user_id: users[self.chance.below(users.len())],
            device: Device {
                user_agent: UserAgent::keep(AGENTS[self.chance.below(AGENTS.len())]),
                ip_address: Some(Ipv4Addr::from(u32::try_from(self.chance.below(1 << 31)).unwrap_or(0)).into()),
            },
            remembered: true,
            created_at: opened,
            last_seen_at,
            idle_expires_at: (last_seen_at + 7 * DAY).min(absolute_expires_at),
            absolute_expires_at,
            ended,
            access_token_id: TokenId::new(ids.next(opened)),
            refresh: RefreshState {
                generation: 3,
                rotated_at: last_seen_at,
                nonce_digest: Digest::of(id.uuid().as_bytes()),
                key_id,
            },
        }
    }

    /// Brings the database into the state in which it is after a while without more: looked at, and tidied up.
    pub(crate) async fn settle(self) -> Result<()> {
        let settle: &[&str] = match self.rows.get_database_backend() {
            DbBackend::Postgres => &["VACUUM (ANALYZE)", "CHECKPOINT"],
            _ => &["PRAGMA wal_checkpoint(TRUNCATE)"],
        };
        for statement in settle {
            self.rows.execute_unprepared(statement).await.context("the database does not settle")?;
        }
        self.rows.close().await?;
        Ok(())
    }
}

/// The address of the user of this number.
pub(crate) fn email(n: u32) -> String {
    format!("person{n:07}@example.com")
}
