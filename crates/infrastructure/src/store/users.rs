//! Users.

use async_trait::async_trait;
use doorward_application::ports::{
    InsertUserError, NewUser, StoreError, Taken, UpdateUserError, UserFilter, UserRepository,
};
use doorward_domain::{
    Role, Timestamp, UserId,
    revocation::Revocation,
    user::{CredentialVersion, Epoch, Identifier, PasswordHash, User, UserStatus},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
    prelude::Uuid,
    sea_query::{Expr, LockType, OnConflict, Query},
};

use super::{
    bulk::insert_new,
    entity::{password_credential, user},
    failure::{expect_one, failed},
    unit_of_work::SeaUnitOfWork,
    user_import,
    user_names::{refused, taken},
    user_search,
};

#[async_trait]
impl UserRepository for SeaUnitOfWork {
    async fn insert(&mut self, user: &User, password: Option<&PasswordHash>) -> Result<(), InsertUserError> {
        let tx = self.writer()?;
        // Whoever had the name may be gone again before it is asked which name it was: then it is free.
        for _ in 0..2 {
            if !insert_new(tx, vec![user::ActiveModel::from(user)]).await?.is_empty() {
                user_search::insert_terms(tx, &[user]).await?;
                if password.is_some() {
                    self.set_password_hash(user.id, password).await?;
                }
                return Ok(());
            }
            if let Some((_, taken)) = taken(tx, &[user]).await?.pop() {
                return Err(taken.into());
            }
        }
        Err(StoreError::new(format!("table users has a row {} already", user.id)).into())
    }

    async fn insert_many(&mut self, users: &[NewUser]) -> Result<Vec<Result<(), Taken>>, StoreError> {
        user_import::insert_many(self.writer()?, users).await
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = user::Entity::find_by_id(id.uuid()).one(&self.reader()).await.map_err(failed)?;
        found.map(User::try_from).transpose()
    }

    async fn find_by_identifier(&mut self, identifier: &Identifier) -> Result<Option<User>, StoreError> {
        let found = user::Entity::find().filter(named(identifier)).one(&self.reader()).await.map_err(failed)?;
        found.map(User::try_from).transpose()
    }

    async fn find_credential(
        &mut self,
        identifier: &Identifier,
    ) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        let found = user::Entity::find()
            .filter(named(identifier))
            .find_also_related(password_credential::Entity)
            .one(&self.reader())
            .await
            .map_err(failed)?;
        let hash = |credential: password_credential::Model| PasswordHash::new(credential.hash);
        found.map(|(user, credential)| Ok((user.try_into()?, credential.map(hash)))).transpose()
    }

    async fn password_hash(&mut self, id: UserId) -> Result<Option<PasswordHash>, StoreError> {
        let found = password_credential::Entity::find_by_id(id.uuid()).one(&self.reader()).await.map_err(failed)?;
        Ok(found.map(|credential| PasswordHash::new(credential.hash)))
    }

    async fn list(&mut self, filter: &UserFilter, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError> {
        let page = user_search::page(filter, after, limit).all(&self.reader()).await.map_err(failed)?;
        page.into_iter().map(User::try_from).collect()
    }

    async fn legacy_hashes(
        &mut self,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(UserId, CredentialVersion, PasswordHash)>, StoreError> {
        // The hashes of new passwords begin so, and those that were hashed once more, whatever they were before.
        let of_today = "$argon2id%";
        let page = user::Entity::find()
            .find_both_related(password_credential::Entity)
            .filter(password_credential::Column::Hash.not_like(of_today))
            .filter(Condition::all().add_option(after.map(|id| password_credential::Column::UserId.gt(id.uuid()))))
            .order_by_asc(password_credential::Column::UserId)
            .limit(u64::from(limit))
            .all(&self.reader())
            .await
            .map_err(failed)?;
        let read = |(user, credential): (user::Model, password_credential::Model)| {
            let user = User::try_from(user)?;
            Ok((user.id, user.credential_version, PasswordHash::new(credential.hash)))
        };
        page.into_iter().map(read).collect()
    }

    async fn due_to_go(&mut self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, StoreError> {
        let ids: Vec<Uuid> = due(now, limit).into_tuple().all(&self.reader()).await.map_err(failed)?;
        Ok(ids.into_iter().map(UserId::new).collect())
    }

    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = user::Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(self.writer()?).await;
        self.note(Revocation::Reread(id));
        found.map_err(failed)?.map(User::try_from).transpose()
    }

    async fn lock_active_admins(&mut self) -> Result<Vec<UserId>, StoreError> {
        let ids: Vec<Uuid> = user::Entity::find()
            .select_only()
            .column(user::Column::Id)
            .filter(user::Column::Role.eq(Role::Admin.as_str()))
            .filter(user::Column::Status.eq(user::status_name(UserStatus::Active)))
            .filter(user::Column::DeletesAt.is_null())
            .filter(user::Column::Id.in_subquery(
                Query::select().column(password_credential::Column::UserId).from(password_credential::Entity).take(),
            ))
            .order_by_asc(user::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .into_tuple()
            .all(self.writer()?)
            .await
            .map_err(failed)?;
        Ok(ids.into_iter().map(UserId::new).collect())
    }

    async fn update(&mut self, user: &User) -> Result<(), UpdateUserError> {
        let before = self.find(user.id).await?;
        let tx = self.writer()?;
        let before = before.ok_or_else(|| StoreError::new(format!("table users has no row {}", user.id)))?;
        // Asked first, because a refusal names but one of two names that are taken.
        let (email, username) = changed_names(&before, user);
        if email || username {
            let taken = taken(tx, &[user]).await?.pop().map(|(_, taken)| taken);
            // What has not changed is the user's own.
            let of_others =
                taken.map(|taken| Taken { email: taken.email && email, username: taken.username && username });
            if let Some(taken) = of_others.filter(|taken| taken.email || taken.username) {
                return Err(taken.into());
            }
        }
        let change = user::ActiveModel { id: NotSet, ..user::ActiveModel::from(user) };
        let this = user::Column::Id.eq(user.id.uuid());
        let updated = user::Entity::update_many().set(change).filter(this).exec(tx).await.map_err(refused)?;
        expect_one(updated.rows_affected, "users", user.id)?;
        user_search::renew_terms(tx, &before, user).await?;
        self.note(if before.epoch == user.epoch {
            Revocation::UserChanged(user.id)
        } else {
            Revocation::AccessChanged { user_id: user.id, epoch: user.epoch }
        });
        Ok(())
    }

    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError> {
        let noted = user::Entity::update_many()
            .col_expr(user::Column::LastLoginAt, Expr::val(at))
            .filter(user::Column::Id.eq(id.uuid()))
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        self.note(Revocation::Reread(id));
        expect_one(noted.rows_affected, "users", id)
    }

    async fn set_password_hash(&mut self, id: UserId, password: Option<&PasswordHash>) -> Result<(), StoreError> {
        let tx = self.writer()?;
        let Some(password) = password else {
            let deleted = password_credential::Entity::delete_by_id(id.uuid()).exec(tx).await;
            return deleted.map(drop).map_err(failed);
        };
        let credential =
            password_credential::ActiveModel { user_id: Set(id.uuid()), hash: Set(password.expose().to_owned()) };
        let replace = OnConflict::column(password_credential::Column::UserId)
            .update_column(password_credential::Column::Hash)
            .to_owned();
        let set = password_credential::Entity::insert(credential).on_conflict(replace).exec_without_returning(tx).await;
        set.map(drop).map_err(failed)
    }

    async fn delete(&mut self, id: UserId) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table(user::Entity)
            .and_where(user::Column::Id.eq(id.uuid()))
            .returning_col(user::Column::Epoch)
            .take();
        let Some(row) = self.writer()?.query_one(&delete).await.map_err(failed)? else {
            return expect_one(0, "users", id);
        };
        let epoch: i64 = row.try_get_by_index(0).map_err(failed)?;
        let last = Epoch::try_from(epoch).map_err(StoreError::new)?;
        // Stale for everybody who holds a token, and to others a change like any other.
        self.note(Revocation::AccessChanged { user_id: id, epoch: last.saturating_add(1) });
        Ok(())
    }
}

/// The ids of those who are to go.
pub(super) fn due(now: Timestamp, limit: u32) -> Select<user::Entity> {
    let due = Condition::any().add(user::Column::ProofDueAt.lte(now)).add(user::Column::DeletesAt.lte(now));
    user::Entity::find().select_only().column(user::Column::Id).filter(due).limit(u64::from(limit))
}

fn named(identifier: &Identifier) -> Expr {
    match identifier {
        Identifier::Email(email) => user::Column::EmailCanonical.eq(email.canonical()),
        Identifier::Username(username) => user::Column::UsernameCanonical.eq(username.canonical()),
    }
}

/// Whether address and username are others than before.
fn changed_names(before: &User, user: &User) -> (bool, bool) {
    let username = |user: &User| user.username.as_ref().map(|name| name.canonical().to_owned());
    (before.email.canonical() != user.email.canonical(), username(before) != username(user))
}
