//! Finds the users of a role, of a status and of both, each in the order of their ids.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// One for each filter: an index answers in the order of the ids only if it begins with all that is asked for.
const INDEXES: [(&str, &[&str]); 3] = [
    ("users_role_id", &["role", "id"]),
    ("users_status_id", &["status", "id"]),
    ("users_role_status_id", &["role", "status", "id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in INDEXES {
            let mut index = Index::create().name(name).table("users").take();
            for &column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table("users").to_owned()).await?;
        }
        Ok(())
    }
}
