//! What users are searched by. Terms are bytes, which both databases order alike, whatever the collation of text is:
//! so those that begin with something lie side by side.

use std::collections::BTreeSet;

use sea_orm_migration::{
    prelude::*,
    schema::{binary, uuid},
    sea_orm::{QueryResult, prelude::Uuid},
};
use unicode_normalization::UnicodeNormalization as _;

use crate::of_user;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("user_search_terms")
            .col(binary("term"))
            .col(uuid("user_id"))
            .primary_key(Index::create().col("term").col("user_id"))
            .foreign_key(&mut of_user("user_search_terms"))
            .take();
        manager.create_table(table).await?;
        let of_one_user =
            Index::create().name("user_search_terms_user_id").table("user_search_terms").col("user_id").take();
        manager.create_index(of_one_user).await?;
        fill(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("user_search_terms").take()).await
    }
}

/// Writes the terms of the users that are there already.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    /// How many users at once: their terms fit into one statement of either database.
    const USERS: u64 = 500;

    let connection = manager.get_connection();
    let mut last = Uuid::nil();
    loop {
        let page = Query::select()
            .columns(["id", "email", "email_canonical", "username_canonical", "first_name", "last_name"])
            .from("users")
            .and_where(Expr::col("id").gt(last))
            .order_by("id", Order::Asc)
            .limit(USERS)
            .take();
        let mut insert = Query::insert().into_table("user_search_terms").columns(["term", "user_id"]).take();
        let users = connection.query_all(&page).await?;
        for user in &users {
            last = user.try_get_by_index(0)?;
            for term in terms(user)? {
                insert.values([term.into(), last.into()]).map_err(|cause| DbErr::Custom(cause.to_string()))?;
            }
        }
        if users.is_empty() {
            return Ok(());
        }
        connection.execute(&insert).await?;
    }
}

/// As the store makes them.
fn terms(user: &QueryResult) -> Result<BTreeSet<Vec<u8>>, DbErr> {
    let text = |column: usize| user.try_get_by_index::<String>(column);
    let (email, canonical, first, last) = (text(1)?, text(2)?, text(4)?, text(5)?);
    let username: Option<String> = user.try_get_by_index(3)?;
    let names = [email, canonical, format!("{first} {last}"), last];
    Ok(names.iter().chain(&username).map(|name| fold(name).into_bytes()).collect())
}

fn fold(text: &str) -> String {
    let upper: String = text.nfc().flat_map(char::to_uppercase).collect();
    upper.chars().flat_map(char::to_lowercase).nfc().collect()
}
