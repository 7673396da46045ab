//! What a person would call the device of a session. Sessions of before say nothing of it.

use sea_orm_migration::{prelude::*, schema::text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let label = Table::alter().table("sessions").add_column(text("device_label").default("")).take();
        manager.alter_table(label).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("sessions").drop_column("device_label").take()).await
    }
}
