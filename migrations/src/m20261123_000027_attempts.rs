//! How often things were tried, under digests of by whom and on what.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, binary_len, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("attempts")
            .col(binary_len("key", 32).primary_key())
            .col(timestamp_with_time_zone("full_at"))
            .col(big_integer("streak"))
            .col(big_integer("failures"))
            .col(timestamp_with_time_zone("kept_until"))
            .take();
        manager.create_table(table).await?;
        let over = Index::create().name("attempts_kept_until").table("attempts").col("kept_until").take();
        manager.create_index(over).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("attempts").take()).await
    }
}
