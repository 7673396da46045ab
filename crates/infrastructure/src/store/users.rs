//! Users.

use async_trait::async_trait;
use doorward_application::ports::{InsertUserError, StoreError, UpdateUserError, UserRepository};
use doorward_domain::{
    UserId,
    user::{Identifier, PasswordHash, User, Username},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QuerySelect as _, SqlErr,
    sea_query::{LockType, OnConflict},
};

use super::{
    entity::{password_credential, user},
    failure::{expect_one, failed},
    unit_of_work::SeaUnitOfWork,
};

#[async_trait]
impl UserRepository for SeaUnitOfWork {
    async fn insert(&mut self, user: &User, password: &PasswordHash) -> Result<(), InsertUserError> {
        let tx = self.writer()?;
        // Whoever had the name may be gone again before it is asked which name it was: then it is free.
        for _ in 0..2 {
            let inserted = user::Entity::insert(user::ActiveModel::from(user))
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .exec_without_returning(tx)
                .await
                .map_err(failed)?;
            if inserted == 1 {
                let credential = password_credential::ActiveModel {
                    user_id: Set(user.id.uuid()),
                    hash: Set(password.expose().to_owned()),
                };
                password_credential::Entity::insert(credential).exec_without_returning(tx).await.map_err(failed)?;
                return Ok(());
            }
            let (email, username) = taken(tx, user).await?;
            if email || username {
                return Err(InsertUserError::Taken { email, username });
            }
        }
        Err(StoreError::new(format!("table users has a row {} already", user.id)).into())
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = user::Entity::find_by_id(id.uuid()).one(&self.reader()).await.map_err(failed)?;
        found.map(User::try_from).transpose()
    }

    async fn find_credential(&mut self, identifier: &Identifier) -> Result<Option<(User, PasswordHash)>, StoreError> {
        let named = match identifier {
            Identifier::Email(email) => user::Column::EmailCanonical.eq(email.canonical()),
            Identifier::Username(username) => user::Column::UsernameCanonical.eq(username.canonical()),
        };
        let found = user::Entity::find()
            .filter(named)
            .find_both_related(password_credential::Entity)
            .one(&self.reader())
            .await
            .map_err(failed)?;
        found.map(|(user, credential)| Ok((user.try_into()?, PasswordHash::new(credential.hash)))).transpose()
    }

    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = user::Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(self.writer()?).await;
        found.map_err(failed)?.map(User::try_from).transpose()
    }

    async fn update(&mut self, user: &User) -> Result<(), UpdateUserError> {
        let change =
            user::ActiveModel { id: NotSet, email: NotSet, email_canonical: NotSet, ..user::ActiveModel::from(user) };
        let updated = user::Entity::update_many()
            .set(change)
            .filter(user::Column::Id.eq(user.id.uuid()))
            .exec(self.writer()?)
            .await
            .map_err(|error| match error.sql_err() {
                // Of what is written here, nothing else is unique.
                Some(SqlErr::UniqueConstraintViolation(_)) => UpdateUserError::UsernameTaken,
                _ => failed(error).into(),
            })?;
        Ok(expect_one(updated.rows_affected, "users", user.id)?)
    }

    async fn replace_password_hash(&mut self, id: UserId, password: &PasswordHash) -> Result<(), StoreError> {
        let replaced = password_credential::Entity::update_many()
            .col_expr(password_credential::Column::Hash, password.expose().into())
            .filter(password_credential::Column::UserId.eq(id.uuid()))
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        expect_one(replaced.rows_affected, "password_credentials", id)
    }
}

/// Whether other users have the address and the username.
async fn taken(tx: &DatabaseTransaction, user: &User) -> Result<(bool, bool), StoreError> {
    let email = user.email.canonical();
    let username = user.username.as_ref().map(Username::canonical);
    let either = Condition::any()
        .add(user::Column::EmailCanonical.eq(email))
        .add_option(username.map(|username| user::Column::UsernameCanonical.eq(username)));
    let others: Vec<(String, Option<String>)> = user::Entity::find()
        .select_only()
        .columns([user::Column::EmailCanonical, user::Column::UsernameCanonical])
        .filter(either)
        .into_tuple()
        .all(tx)
        .await
        .map_err(failed)?;
    Ok((
        others.iter().any(|(theirs, _)| theirs == email),
        username.is_some() && others.iter().any(|(_, theirs)| theirs.as_deref() == username),
    ))
}
