//! The profiles of employers.

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
            .table("employer_profiles")
            .col(pk_uuid("user_id"))
            .col(text("company_name"))
            .col(text_null("company_email"))
            .col(text_null("phone_number"))
            .col(text_null("company_location"))
            .col(text_null("industry"))
            .foreign_key(&mut of_user("employer_profiles"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("employer_profiles").take()).await
    }
}
