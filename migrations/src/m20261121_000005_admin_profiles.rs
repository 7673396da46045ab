//! The profiles of administrators.

use sea_orm_migration::{
    prelude::*,
    schema::{pk_uuid, text_null},
};

use crate::of_user;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("admin_profiles")
            .col(pk_uuid("user_id"))
            .col(text_null("phone_number"))
            .foreign_key(&mut of_user("admin_profiles"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("admin_profiles").take()).await
    }
}
