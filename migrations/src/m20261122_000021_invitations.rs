//! Invitations. They outlive whoever made and whoever accepted them, so those are no references.

use sea_orm_migration::{
    prelude::*,
    schema::{
        binary_len_uniq, pk_uuid, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
        uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("invitations")
            .col(pk_uuid("id"))
            .col(text("email"))
            .col(text("email_canonical"))
            .col(text("role"))
            .col(text_null("company"))
            .col(uuid("invited_by"))
            .col(binary_len_uniq("digest", 32))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("accepted_at"))
            .col(uuid_null("accepted_by"))
            .col(timestamp_with_time_zone_null("withdrawn_at"))
            .take();
        manager.create_table(table).await?;
        for column in ["email_canonical", "expires_at"] {
            let name = format!("invitations_{column}");
            manager.create_index(Index::create().name(name).table("invitations").col(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("invitations").take()).await
    }
}
