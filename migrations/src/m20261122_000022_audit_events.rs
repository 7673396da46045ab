//! The audit log. It outlives the users and sessions that it names, so those are no references.

use sea_orm_migration::{
    prelude::*,
    schema::{binary_len_null, pk_uuid, text, text_null, timestamp_with_time_zone, uuid_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("audit_events")
            .col(pk_uuid("id"))
            .col(timestamp_with_time_zone("at"))
            .col(text("kind"))
            .col(uuid_null("actor_id"))
            .col(uuid_null("user_id"))
            .col(uuid_null("session_id"))
            .col(binary_len_null("identifier", 32))
            .col(text_null("user_agent"))
            .col(text_null("ip_address"))
            .col(text_null("detail"))
            .take();
        manager.create_table(table).await?;
        // Pages are in the order of the ids, whatever they are narrowed to.
        for column in ["user_id", "actor_id", "kind"] {
            let name = format!("audit_events_{column}");
            let pages = Index::create().name(name).table("audit_events").col(column).col("id").take();
            manager.create_index(pages).await?;
        }
        manager.create_index(Index::create().name("audit_events_at").table("audit_events").col("at").take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit_events").take()).await
    }
}
