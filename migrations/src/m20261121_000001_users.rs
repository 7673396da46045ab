//! Users.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, pk_uuid, text, text_null, text_uniq, timestamp_with_time_zone, timestamp_with_time_zone_null,
    },
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("users")
            .col(pk_uuid("id"))
            .col(text("email"))
            .col(text_uniq("email_canonical"))
            .col(timestamp_with_time_zone_null("email_verified_at"))
            .col(text_null("username"))
            .col(text_null("username_canonical").unique_key())
            .col(text("first_name"))
            .col(text("last_name"))
            .col(text("role"))
            .col(text("status"))
            .col(big_integer("epoch"))
            .col(big_integer("credential_version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("last_login_at"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("users").take()).await
    }
}
