//! The keys that access tokens are signed with move to a table of their own, with the moments of their lives.

use sea_orm_migration::{
    prelude::*,
    schema::{binary_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// A key of before was published, and signed, when it was made.
const MOVE: &str = "INSERT INTO signing_keys (id, algorithm, sealed, published_at, signs_from) \
                    SELECT id, algorithm, sealed, created_at, created_at FROM keys WHERE purpose = 'access_token'";

/// Keys that are gone are forgotten, and those of one algorithm stand in the order in which they sign.
const MOVE_BACK: &str = "INSERT INTO keys (id, purpose, algorithm, position, sealed, created_at) \
                         SELECT id, 'access_token', algorithm, \
                         ROW_NUMBER() OVER (PARTITION BY algorithm ORDER BY signs_from, id) - 1, sealed, published_at \
                         FROM signing_keys WHERE sealed IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("signing_keys")
            .col(text("id").primary_key())
            .col(text("algorithm"))
            .col(binary_null("sealed"))
            .col(timestamp_with_time_zone("published_at"))
            .col(timestamp_with_time_zone("signs_from"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .col(timestamp_with_time_zone_null("retired_at"))
            .take();
        manager.create_table(table).await?;
        let db = manager.get_connection();
        db.execute_unprepared(MOVE).await?;
        db.execute_unprepared("DELETE FROM keys WHERE purpose = 'access_token'").await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(MOVE_BACK).await?;
        manager.drop_table(Table::drop().table("signing_keys").take()).await
    }
}
