//! What has become untrue, in the order of the commits.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, integer, text, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let log = Table::create()
            .table("revocations")
            .col(big_integer("position").primary_key())
            // The position of the entry before, so that a reader sees when the log is another than it knows.
            .col(big_integer("previous"))
            .col(timestamp_with_time_zone("at"))
            .col(text("kind"))
            .col(text("subject"))
            .col(big_integer_null("epoch"))
            .take();
        manager.create_table(log).await?;
        manager.create_index(Index::create().name("revocations_at").table("revocations").col("at").take()).await?;
        // One row, which whoever writes to the log holds until its commit: a sequence's numbers would become visible
        // in another order than the one they were given in, and a reader that saw 6 would miss 5.
        let last = Table::create()
            .table("revocation_position")
            .col(integer("id").primary_key())
            .col(big_integer("position"))
            .col(big_integer("previous"))
            .take();
        manager.create_table(last).await?;
        let none = Query::insert()
            .into_table("revocation_position")
            .columns(["id", "position", "previous"])
            .values_panic([1.into(), 0_i64.into(), 0_i64.into()])
            .take();
        manager.execute(none).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("revocation_position").take()).await?;
        manager.drop_table(Table::drop().table("revocations").take()).await
    }
}
