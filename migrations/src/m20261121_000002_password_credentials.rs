//! What users sign in with. A table of its own, so that no reading of a user brings a hash along.

use sea_orm_migration::{
    prelude::*,
    schema::{pk_uuid, text},
};

use crate::of_user;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("password_credentials")
            .col(pk_uuid("user_id"))
            .col(text("hash"))
            .foreign_key(&mut of_user("password_credentials"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("password_credentials").take()).await
    }
}
