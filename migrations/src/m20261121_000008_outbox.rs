//! Messages that are to be sent. What they say is sealed.

use sea_orm_migration::{
    prelude::*,
    schema::{binary, pk_uuid, text, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("outbox")
            .col(pk_uuid("id"))
            .col(text("kind"))
            .col(binary("payload"))
            .col(timestamp_with_time_zone("created_at"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("outbox").take()).await
    }
}
