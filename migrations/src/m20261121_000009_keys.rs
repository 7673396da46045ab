//! Keys that tokens are signed with, sealed.

use sea_orm_migration::{
    prelude::*,
    schema::{binary, integer, text, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("keys")
            .col(text("id").primary_key())
            .col(text("purpose"))
            .col(text("algorithm"))
            .col(integer("position"))
            .col(binary("sealed"))
            .col(timestamp_with_time_zone("created_at"))
            // Of several nodes that start on an empty database, one makes the key at a position.
            .index(Index::create().unique().name("keys_position").col("purpose").col("algorithm").col("position"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("keys").take()).await
    }
}
