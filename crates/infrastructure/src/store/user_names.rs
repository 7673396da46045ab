//! Addresses and usernames that are taken.

use std::collections::HashSet;

use doorward_application::ports::{StoreError, Taken, UpdateUserError};
use doorward_domain::user::User;
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, SqlErr, prelude::Uuid,
};

use super::patience::Tx;
use super::{
    bulk::AT_ONCE,
    entity::user::{self, Column},
    failure::failed,
};

/// Which names of these users are in the store, of those of whom it is one at least.
pub(super) async fn taken(tx: &Tx, users: &[&User]) -> Result<Vec<(Uuid, Taken)>, StoreError> {
    let username = |user: &User| user.username.as_ref().map(|name| name.canonical().to_owned());
    let mut found = Vec::new();
    for some in users.chunks(AT_ONCE) {
        let either = Condition::any()
            .add(Column::EmailCanonical.is_in(some.iter().map(|user| user.email.canonical())))
            .add(Column::UsernameCanonical.is_in(some.iter().filter_map(|user| username(user))));
        let others: Vec<(String, Option<String>)> = user::Entity::find()
            .select_only()
            .columns([Column::EmailCanonical, Column::UsernameCanonical])
            .filter(either)
            .into_tuple()
            .all(tx)
            .await
            .map_err(failed)?;
        let (emails, usernames): (HashSet<_>, HashSet<_>) = others.into_iter().unzip();
        found.extend(some.iter().filter_map(|user| {
            let email = emails.contains(user.email.canonical());
            let username = username(user).is_some_and(|name| usernames.contains(&Some(name)));
            (email || username).then_some((user.id.uuid(), Taken { email, username }))
        }));
    }
    Ok(found)
}

/// What became of a change, when the database refused it: nothing else that it writes is unique. Both databases name
/// the column, PostgreSQL inside the constraint's name; PostgreSQL names one, where both are taken.
pub(super) fn refused(error: DbErr) -> UpdateUserError {
    let Some(SqlErr::UniqueConstraintViolation(text)) = error.sql_err() else { return failed(error).into() };
    let names = |column: Column| text.contains(sea_orm::IdenStatic::as_str(&column));
    let (email, username) = (names(Column::EmailCanonical), names(Column::UsernameCanonical));
    if email || username { Taken { email, username }.into() } else { failed(error).into() }
}
