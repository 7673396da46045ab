//! What users are found by: their address, username and names, each a term in a table that is ordered by them.

use std::collections::BTreeSet;

use doorward_application::ports::{StoreError, UserFilter};
use doorward_domain::{
    UserId,
    user::{User, UserStatus, Username},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
    sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement},
};
use unicode_normalization::UnicodeNormalization as _;

use super::patience::Tx;
use super::{
    bulk::insert_all,
    entity::{
        search_term::{self, Column},
        user,
    },
    failure::failed,
};

/// The users of a page, the latest first.
pub(super) fn page(filter: &UserFilter, after: Option<UserId>, limit: u32) -> Select<user::Entity> {
    let UserFilter { search, role, active } = filter;
    let status = |active| if active { UserStatus::Active } else { UserStatus::Deactivated };
    let narrowed = Condition::all()
        .add_option(role.map(|role| user::Column::Role.eq(role.as_str())))
        .add_option(active.map(|active| user::Column::Status.eq(user::status_name(status(active)))));
    let page = user::Entity::find().order_by_desc(user::Column::Id).limit(u64::from(limit));
    match search {
        Some(search) => page.filter(user::Column::Id.in_subquery(found(search, narrowed, after, limit))),
        None => page.filter(narrowed.add_option(after.map(|after| user::Column::Id.lt(after.uuid())))),
    }
}

/// The latest who have a term that begins with this. Such terms lie between it and what is greater than all of them:
/// UTF-8 has no byte 0xff.
///
/// All who match are gathered before the latest are taken from them. Otherwise PostgreSQL would begin with the latest
/// users and ask of each whether it matches, which finds those who match evenly often at once, and those who signed up
/// long ago after all others.
fn found(search: &str, narrowed: Condition, after: Option<UserId>, limit: u32) -> SelectStatement {
    let first = fold(search).into_bytes();
    let beyond = [&first, [0xff].as_slice()].concat();
    let mut all = Query::select()
        .distinct()
        .column(Column::UserId)
        .from(search_term::Entity)
        .and_where(Column::Term.gte(first))
        .and_where(Column::Term.lt(beyond))
        // Not "less than": SQLite would rather look through all users of before than through the terms.
        .and_where_option(after.map(|after| Column::UserId.gte(after.uuid()).not()))
        .take();
    if !narrowed.is_empty() {
        let this = Expr::col((user::Entity, user::Column::Id)).equals((search_term::Entity, Column::UserId));
        let users = Query::select().expr(Expr::val(1)).from(user::Entity).and_where(this).cond_where(narrowed).take();
        all.and_where(Expr::exists(users));
    }
    Query::select()
        .column(Column::UserId)
        .from_subquery(all, "found")
        .order_by(Column::UserId, Order::Desc)
        .limit(u64::from(limit))
        .take()
}

/// Replaces the terms of a user, if they are others than before.
pub(super) async fn renew_terms(tx: &Tx, before: &User, user: &User) -> Result<(), StoreError> {
    if terms(before) == terms(user) {
        return Ok(());
    }
    let old = Column::UserId.eq(user.id.uuid());
    search_term::Entity::delete_many().filter(old).exec(tx).await.map_err(failed)?;
    insert_terms(tx, &[user]).await
}

/// Adds the terms of users who have none.
pub(super) async fn insert_terms(tx: &Tx, users: &[&User]) -> Result<(), StoreError> {
    let row = |user: &User, term| search_term::ActiveModel { term: Set(term), user_id: Set(user.id.uuid()) };
    let rows = users.iter().flat_map(|user| terms(user).into_iter().map(|term| row(user, term)));
    insert_all(tx, rows.collect()).await
}

/// The address also as it was typed, because the canonical form of some domains is in no language. The first name is
/// not among them: what it begins with, the full name begins with.
///
/// Whoever changes this writes the terms of the users who are there anew, in a migration.
fn terms(user: &User) -> BTreeSet<Vec<u8>> {
    let names = [user.email.typed(), user.email.canonical(), &user.name.full(), user.name.last().as_str()];
    let username = user.username.as_ref().map(Username::canonical);
    names.into_iter().chain(username).map(|name| fold(name).into_bytes()).collect()
}

/// Takes away the difference between upper and lower case, also where it is not one of single letters: `STRASSE` is
/// `Straße`, and a Greek word ends in a sigma of its own.
fn fold(text: &str) -> String {
    let upper: String = text.nfc().flat_map(char::to_uppercase).collect();
    upper.chars().flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_application::ports::{Access, NewUser, Store as _, UserFilter};
    use doorward_domain::{
        Role,
        user::{PersonName, User, UserStatus},
    };
    use doorward_testkit::builders::{line, noon, profile, user};
    use sea_orm::QueryTrait;

    use super::page;
    use crate::store::{
        SeaStore,
        plan::{migrated, plan_of},
        scratch::ScratchDatabase,
        users::due,
    };

    /// One in a thousand is an administrator, one is deactivated and two are to go.
    fn new(n: u32) -> NewUser {
        let only = |rest| n % 1_000 == rest;
        let user = User {
            name: PersonName::new(line(&format!("First{n}")), line("Last")),
            role: if only(1) { Role::Admin } else { Role::Candidate },
            status: if only(2) { UserStatus::Deactivated } else { UserStatus::Active },
            proof_due_at: only(3).then(noon),
            deletes_at: only(4).then(noon),
            ..user(n)
        };
        NewUser { profile: profile(user.role), user, password: None }
    }

    /// Asserts that each of these indexes is used and that nothing is read from end to end, not even an index.
    async fn expect(store: &SeaStore, query: &impl QueryTrait, indexes: &[&str]) {
        let plan = plan_of(store, query).await;
        for scan in ["Seq Scan", "SCAN users", "SCAN user_search_terms"] {
            assert!(!plan.contains(scan), "{plan}");
        }
        for index in indexes {
            assert!(plan.contains(index), "{index} is not used:\n{plan}");
        }
    }

    async fn expect_all(database: ScratchDatabase, terms: &str) {
        let store = migrated(&database).await;
        let mut unit = store.begin(Access::Write).await.unwrap();
        unit.users().insert_many(&(1..=5_000).map(new).collect::<Vec<_>>()).await.unwrap();
        unit.commit().await.unwrap();

        let filter =
            |search: Option<&str>, role, active| UserFilter { search: search.map(str::to_owned), role, active };
        let (admin, candidate) = (Some(Role::Admin), Some(Role::Candidate));
        for (filter, indexes) in [
            (filter(None, admin, None), &["users_role_id"][..]),
            (filter(None, None, Some(false)), &["users_status_id"]),
            (filter(None, admin, Some(false)), &["users_role_status_id"]),
            (filter(Some("first1234"), None, None), &[terms]),
            (filter(Some("user123"), candidate, None), &[terms]),
            (filter(Some("nobody"), None, Some(true)), &[terms]),
            (filter(Some("user234"), candidate, Some(true)), &[terms]),
        ] {
            for after in [None, Some(user(4_000).id)] {
                expect(&store, &page(&filter, after, 50), indexes).await;
            }
        }
        let now = noon() + Duration::from_secs(1);
        expect(&store, &due(now, 100), &["users_proof_due_at", "users_deletes_at"]).await;
    }

    #[tokio::test]
    async fn sqlite_finds_users_without_a_look_at_others() {
        expect_all(ScratchDatabase::sqlite(), "sqlite_autoindex_user_search_terms_1").await;
    }

    #[tokio::test]
    async fn postgresql_finds_users_without_a_look_at_others() {
        expect_all(ScratchDatabase::postgres().await, "user_search_terms_pkey").await;
    }
}
