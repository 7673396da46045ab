//! Tokens that were sent by mail: their digests.

use sea_orm_migration::{
    prelude::*,
    schema::{binary_len_uniq, pk_uuid, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid},
};

use crate::of_user;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("one_time_tokens")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(text("purpose"))
            .col(text("address"))
            .col(binary_len_uniq("digest", 32))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("consumed_at"))
            .foreign_key(&mut of_user("one_time_tokens"))
            .take();
        manager.create_table(table).await?;
        let of_one_user =
            Index::create().name("one_time_tokens_user_id").table("one_time_tokens").col("user_id").take();
        manager.create_index(of_one_user).await?;
        let over = Index::create().name("one_time_tokens_expires_at").table("one_time_tokens").col("expires_at").take();
        manager.create_index(over).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("one_time_tokens").take()).await
    }
}
