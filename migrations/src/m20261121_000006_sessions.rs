//! Sessions.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary_len, boolean, pk_uuid, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
        uuid,
    },
};

use crate::of_user;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("sessions")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(text_null("user_agent"))
            .col(text_null("ip_address"))
            .col(boolean("remembered"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("last_seen_at"))
            .col(timestamp_with_time_zone("idle_expires_at"))
            .col(timestamp_with_time_zone("absolute_expires_at"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(text_null("end_reason"))
            .col(uuid("access_token_id"))
            .col(big_integer("generation"))
            .col(timestamp_with_time_zone("rotated_at"))
            .col(binary_len("nonce_digest", 32))
            .col(uuid("refresh_key_id"))
            .foreign_key(&mut of_user("sessions"))
            .take();
        manager.create_table(table).await?;
        let of_one_user = Index::create()
            .name("sessions_user_id_created_at")
            .table("sessions")
            .col("user_id")
            .col("created_at")
            .take();
        manager.create_index(of_one_user).await?;
        // What is over is found by the end that never moves: a refresh then changes no index.
        let over =
            Index::create().name("sessions_absolute_expires_at").table("sessions").col("absolute_expires_at").take();
        manager.create_index(over).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sessions").take()).await
    }
}
