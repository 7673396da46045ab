//! The profiles of candidates.

use sea_orm_migration::{
    prelude::*,
    schema::{pk_uuid, text, text_null},
};

use crate::of_user;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("candidate_profiles")
            .col(pk_uuid("user_id"))
            .col(text_null("phone_number"))
            .col(text_null("location"))
            .col(text_null("title"))
            // A JSON array: read and written as a whole, in its order; both databases can look into it.
            .col(text("skills"))
            .foreign_key(&mut of_user("candidate_profiles"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("candidate_profiles").take()).await
    }
}
