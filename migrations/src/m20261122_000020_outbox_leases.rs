//! Messages that are to be sent: whose they are, when, by whom, and what went wrong.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, text_null, timestamp_with_time_zone_null, uuid_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time, and a foreign key only with its column.
        let columns = [
            uuid_null("user_id").extra("REFERENCES users (id) ON DELETE CASCADE").take(),
            timestamp_with_time_zone_null("due_at"),
            uuid_null("lease_id"),
            big_integer("attempts").default(0).take(),
            text_null("last_error"),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("outbox").add_column(column).take()).await?;
        }
        // What was written before was due at once.
        let due = Query::update().table("outbox").value("due_at", Expr::col("created_at")).take();
        manager.execute(due).await?;
        let longest_waiting = Index::create().name("outbox_due_at").table("outbox").col("due_at").col("id").take();
        manager.create_index(longest_waiting).await?;
        manager.create_index(Index::create().name("outbox_user_id").table("outbox").col("user_id").take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["outbox_user_id", "outbox_due_at"] {
            manager.drop_index(Index::drop().name(index).table("outbox").to_owned()).await?;
        }
        for column in ["last_error", "attempts", "lease_id", "due_at", "user_id"] {
            manager.alter_table(Table::alter().table("outbox").drop_column(column).take()).await?;
        }
        Ok(())
    }
}
