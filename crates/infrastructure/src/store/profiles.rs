//! Profiles, each role's in a table of its own, which has the user for its key.

use async_trait::async_trait;
use doorward_application::ports::{ProfileRepository, StoreError};
use doorward_domain::{Role, UserId, profile::Profile};
use sea_orm::{
    ActiveModelTrait, DatabaseExecutor, DatabaseTransaction, EntityName as _, EntityTrait, PrimaryKeyTrait,
    QueryFilter as _,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait as _},
};

use super::{
    entity::{admin_profile, candidate_profile, employer_profile},
    failure::{expect_one, failed},
    unit_of_work::SeaUnitOfWork,
};

#[async_trait]
impl ProfileRepository for SeaUnitOfWork {
    async fn insert(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
        let tx = self.writer()?;
        match profile {
            Profile::Candidate(profile) => insert(tx, candidate_profile::ActiveModel::of(user_id, profile)).await,
            Profile::Employer(profile) => insert(tx, employer_profile::ActiveModel::of(user_id, profile)).await,
            Profile::Admin(profile) => insert(tx, admin_profile::ActiveModel::of(user_id, profile)).await,
        }
    }

    async fn find(&mut self, user_id: UserId, role: Role) -> Result<Option<Profile>, StoreError> {
        let reader = self.reader();
        match role {
            Role::Candidate => find::<candidate_profile::Entity>(&reader, user_id).await,
            Role::Employer => find::<employer_profile::Entity>(&reader, user_id).await,
            Role::Admin => find::<admin_profile::Entity>(&reader, user_id).await,
        }
    }

    async fn update(&mut self, user_id: UserId, profile: &Profile) -> Result<(), StoreError> {
        let tx = self.writer()?;
        match profile {
            Profile::Candidate(profile) => {
                update(tx, user_id, candidate_profile::ActiveModel::of(user_id, profile)).await
            }
            Profile::Employer(profile) => {
                update(tx, user_id, employer_profile::ActiveModel::of(user_id, profile)).await
            }
            Profile::Admin(profile) => update(tx, user_id, admin_profile::ActiveModel::of(user_id, profile)).await,
        }
    }
}

async fn insert<R: ActiveModelTrait>(tx: &DatabaseTransaction, row: R) -> Result<(), StoreError> {
    R::Entity::insert(row).exec_without_returning(tx).await.map(drop).map_err(failed)
}

async fn find<E>(reader: &DatabaseExecutor<'_>, user_id: UserId) -> Result<Option<Profile>, StoreError>
where
    E: EntityTrait,
    E::PrimaryKey: PrimaryKeyTrait<ValueType = Uuid>,
    Profile: TryFrom<E::Model, Error = StoreError>,
{
    let found = E::find_by_id(user_id.uuid()).one(reader).await.map_err(failed)?;
    found.map(Profile::try_from).transpose()
}

async fn update<R: ActiveModelTrait>(tx: &DatabaseTransaction, user_id: UserId, row: R) -> Result<(), StoreError> {
    let of_user = Expr::col("user_id").eq(user_id.uuid());
    let updated = R::Entity::update_many().set(row).filter(of_user).exec(tx).await.map_err(failed)?;
    expect_one(updated.rows_affected, R::Entity::default().table_name(), user_id)
}
