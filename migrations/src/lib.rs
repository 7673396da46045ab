//! doorward's tables: one table or one change a file.
//!
//! The same builders make the tables of SQLite and of PostgreSQL. What both must agree on:
//!
//! - Moments are `timestamptz` on PostgreSQL and RFC 3339 text in UTC on SQLite, both to the microsecond. The text
//!   sorts as the moments do, because its fraction, if it has one, begins with `.`, which is greater than the `+`
//!   of the offset; a person reads it, which numbers of microseconds would not allow.
//! - Ids are native UUIDs on PostgreSQL and 16 bytes on SQLite; version 7, so they sort by age on both.
//! - Names from a fixed set are text: a new one needs no migration.
//! - Counters are 64 bits wide: PostgreSQL has no unsigned integers, and these are the next wider ones.
//!
//! A migration that has been released is never edited: what it got wrong, the next one mends.

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigratorTrait, SchemaManager};

mod m20261121_000001_users;
mod m20261121_000002_password_credentials;
mod m20261121_000003_candidate_profiles;
mod m20261121_000004_employer_profiles;
mod m20261121_000005_admin_profiles;
mod m20261121_000006_sessions;
mod m20261121_000007_one_time_tokens;
mod m20261121_000008_outbox;
mod m20261121_000009_keys;
mod m20261122_000010_users_locale_and_end;
mod m20261122_000011_users_by_role_and_status;
mod m20261122_000012_user_search_terms;
mod m20261122_000013_archived_profiles;
mod m20261122_000014_session_device_labels;
mod m20261122_000020_outbox_leases;
mod m20261122_000021_invitations;
mod m20261122_000022_audit_events;
mod m20261122_000023_kept_answers;
mod m20261122_000024_audit_events_by_kind_and_moment;
mod m20261123_000025_signing_keys;
mod m20261123_000026_revocations;
mod m20261123_000027_attempts;

/// Every migration, the oldest first.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_users::Migration),
            Box::new(m20261121_000002_password_credentials::Migration),
            Box::new(m20261121_000003_candidate_profiles::Migration),
            Box::new(m20261121_000004_employer_profiles::Migration),
            Box::new(m20261121_000005_admin_profiles::Migration),
            Box::new(m20261121_000006_sessions::Migration),
            Box::new(m20261121_000007_one_time_tokens::Migration),
            Box::new(m20261121_000008_outbox::Migration),
            Box::new(m20261121_000009_keys::Migration),
            Box::new(m20261122_000010_users_locale_and_end::Migration),
            Box::new(m20261122_000011_users_by_role_and_status::Migration),
            Box::new(m20261122_000012_user_search_terms::Migration),
            Box::new(m20261122_000013_archived_profiles::Migration),
            Box::new(m20261122_000014_session_device_labels::Migration),
            Box::new(m20261122_000020_outbox_leases::Migration),
            Box::new(m20261122_000021_invitations::Migration),
            Box::new(m20261122_000022_audit_events::Migration),
            Box::new(m20261122_000023_kept_answers::Migration),
            Box::new(m20261122_000024_audit_events_by_kind_and_moment::Migration),
            Box::new(m20261123_000025_signing_keys::Migration),
            Box::new(m20261123_000026_revocations::Migration),
            Box::new(m20261123_000027_attempts::Migration),
        ]
    }
}

/// What belongs to a user goes with the user.
fn of_user(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade).take()
}
