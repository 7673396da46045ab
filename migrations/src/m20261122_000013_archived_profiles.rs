//! Profiles of roles that users had before.

use sea_orm_migration::{prelude::*, schema::timestamp_with_time_zone_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 3] = ["candidate_profiles", "employer_profiles", "admin_profiles"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let archived = timestamp_with_time_zone_null("archived_at");
            manager.alter_table(Table::alter().table(table).add_column(archived).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.alter_table(Table::alter().table(table).drop_column("archived_at").take()).await?;
        }
        Ok(())
    }
}
