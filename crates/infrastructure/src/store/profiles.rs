//! Profiles, each role's in a table of its own, which has the user for its key.

use async_trait::async_trait;
use doorward_application::ports::{ProfileRepository, StoreError};
use doorward_domain::{Role, Timestamp, UserId, profile::Profile, revocation::Revocation};
use sea_orm::{
    EntityTrait, PrimaryKeyTrait, QueryFilter as _, UpdateMany,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait as _},
};

use super::patience::{Reader, Tx};
use super::{
    bulk,
    entity::{admin_profile, candidate_profile, employer_profile},
    failure::{expect_one, failed},
    unit_of_work::SeaUnitOfWork,
};

/// Does with the table of each role what is done with profiles.
macro_rules! tables {
    ($($role:ident $table:ident)*) => {
        #[async_trait]
        impl ProfileRepository for SeaUnitOfWork {
            async fn insert(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
                insert_all(self.writer()?, &[(user_id, profile)]).await
            }

            async fn find(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError> {
                let reader = self.reader();
                match role {
                    $(Role::$role => find::<$table::Entity>(&reader, user_id).await,)*
                }
            }

            async fn update(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
                self.note(Revocation::UserChanged(user_id));
                let tx = self.writer()?;
                match profile {
                    $(Profile::$role(profile) => {
                        let change = $table::Entity::update_many().set($table::ActiveModel::of(user_id, profile));
                        write_one(tx, change.filter(is_archived(false)), user_id).await
                    })*
                }
            }

            async fn archive(&mut self, user_id: UserId, role: Role, at: Timestamp) -> Result<(), StoreError> {
                self.note(Revocation::UserChanged(user_id));
                let tx = self.writer()?;
                match role {
                    $(Role::$role => {
                        write_one(tx, archiving::<$table::Entity>(Some(at)).filter(is_archived(false)), user_id).await
                    })*
                }
            }

            async fn restore(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError> {
                self.note(Revocation::UserChanged(user_id));
                let tx = self.writer()?;
                let restored = match role {
                    $(Role::$role => {
                        write(tx, archiving::<$table::Entity>(None).filter(is_archived(true)), user_id).await?
                    })*
                };
                if restored == 0 { Ok(None) } else { self.find(user_id, role).await }
            }

            async fn list(&mut self, user_id: UserId) -> Result<Vec<(Profile, Option<Timestamp>)>, StoreError> {
                let reader = self.reader();
                let mut profiles = Vec::new();
                $(
                    let found = $table::Entity::find_by_id(user_id.uuid()).one(&reader).await.map_err(failed)?;
                    if let Some(model) = found {
                        let archived_at = model.archived_at;
                        profiles.push((model.try_into()?, archived_at));
                    }
                )*
                Ok(profiles)
            }
        }

        /// Adds the profiles of users that were added before.
        pub(super) async fn insert_all(
            tx: &Tx,
            profiles: &[(UserId, &Profile)],
        ) -> Result<(), StoreError> {
            $(
                let rows = profiles.iter().filter_map(|(user_id, profile)| match profile {
                    Profile::$role(profile) => Some($table::ActiveModel::of(*user_id, profile)),
                    _ => None,
                });
                bulk::insert_all(tx, rows.collect()).await?;
            )*
            Ok(())
        }
    };
}

tables! {
    Candidate candidate_profile
    Employer employer_profile
    Admin admin_profile
}

async fn find<E>(reader: &Reader<'_>, user_id: UserId) -> Result<Option<Profile>, StoreError>
where
    E: EntityTrait,
    E::PrimaryKey: PrimaryKeyTrait<ValueType = Uuid>,
    Profile: TryFrom<E::Model, Error = StoreError>,
{
    let found = E::find_by_id(user_id.uuid()).filter(is_archived(false)).one(reader).await.map_err(failed)?;
    found.map(Profile::try_from).transpose()
}

fn is_archived(archived: bool) -> Expr {
    let archived_at = Expr::col("archived_at");
    if archived { archived_at.is_not_null() } else { archived_at.is_null() }
}

/// Makes profiles archived since a moment, or no longer.
fn archiving<E: EntityTrait>(since: Option<Timestamp>) -> UpdateMany<E> {
    E::update_many().col_expr("archived_at", Expr::val(since))
}

/// Says how many profiles of the user were changed.
async fn write<E: EntityTrait>(tx: &Tx, change: UpdateMany<E>, user_id: UserId) -> Result<u64, StoreError> {
    let of_user = Expr::col("user_id").eq(user_id.uuid());
    Ok(change.filter(of_user).exec(tx).await.map_err(failed)?.rows_affected)
}

async fn write_one<E: EntityTrait>(tx: &Tx, change: UpdateMany<E>, user_id: UserId) -> Result<(), StoreError> {
    expect_one(write(tx, change, user_id).await?, E::default().table_name(), user_id)
}
