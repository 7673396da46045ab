//! Answers that are given once more, sealed, under digests of their keys.

use sea_orm_migration::{
    prelude::*,
    schema::{binary_len, binary_null, timestamp_with_time_zone, uuid, uuid_null},
};

use crate::of_user;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("kept_answers")
            .col(binary_len("key", 32).primary_key())
            .col(binary_len("request", 32))
            .col(uuid_null("user_id"))
            .col(uuid("holder"))
            .col(timestamp_with_time_zone("held_until"))
            .col(timestamp_with_time_zone("kept_until"))
            .col(binary_null("answer"))
            .foreign_key(&mut of_user("kept_answers"))
            .take();
        manager.create_table(table).await?;
        for column in ["user_id", "kept_until"] {
            let name = format!("kept_answers_{column}");
            manager.create_index(Index::create().name(name).table("kept_answers").col(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("kept_answers").take()).await
    }
}
