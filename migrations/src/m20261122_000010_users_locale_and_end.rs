//! The language that users read, and when an account goes.

use sea_orm_migration::{
    prelude::*,
    schema::{text, timestamp_with_time_zone_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Why an account goes: nobody proved the address, or the owner asked for it.
const ENDS: [(&str, &str); 2] = [("proof_due_at", "users_proof_due_at"), ("deletes_at", "users_deletes_at")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let locale = Table::alter().table("users").add_column(text("locale").default("en")).take();
        manager.alter_table(locale).await?;
        for (column, index) in ENDS {
            let end = Table::alter().table("users").add_column(timestamp_with_time_zone_null(column)).take();
            manager.alter_table(end).await?;
            // Few accounts are to go, and most users stand in neither index.
            let over = Index::create()
                .name(index)
                .table("users")
                .col(column)
                .and_where(Expr::col(column).is_not_null())
                .take();
            manager.create_index(over).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (column, index) in ENDS {
            manager.drop_index(Index::drop().name(index).table("users").to_owned()).await?;
            manager.alter_table(Table::alter().table("users").drop_column(column).take()).await?;
        }
        manager.alter_table(Table::alter().table("users").drop_column("locale").take()).await
    }
}
