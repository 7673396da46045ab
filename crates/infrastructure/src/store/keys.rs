//! The keys that refresh tokens and digests are made with. They are no port: only this crate knows of them.

use doorward_application::ports::StoreError;
use doorward_domain::Timestamp;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, sea_query::OnConflict};

use super::{
    SeaStore,
    entity::key::{self, Column},
    failure::failed,
};

/// What a key is for. A key of one purpose serves no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyPurpose {
    /// Authenticates refresh tokens.
    RefreshToken,
    /// Makes digests that only the deployment can make.
    Digest,
}

impl KeyPurpose {
    /// Every purpose.
    pub const ALL: [Self; 2] = [Self::RefreshToken, Self::Digest];

    /// The purpose's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh_token",
            Self::Digest => "digest",
        }
    }
}

/// A key as it is stored: what it is made of is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// The key's name.
    pub id: String,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// What it is used with.
    pub algorithm: String,
    /// Its place among the keys of the same purpose and algorithm, each of which holds one key.
    pub position: i32,
    /// The key, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl SeaStore {
    /// The keys for a purpose, the oldest first.
    pub async fn find_keys(&self, purpose: KeyPurpose) -> Result<Vec<StoredKey>, StoreError> {
        let found = key::Entity::find()
            .filter(Column::Purpose.eq(purpose.as_str()))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Position)
            .all(&self.connection)
            .await
            .map_err(failed)?;
        found.into_iter().map(StoredKey::try_from).collect()
    }

    /// Adds a key, unless its place is taken. Says whether it did: of several nodes that start on an empty database
    /// and each make the first key, one adds it, and the others read that one.
    pub async fn insert_key(&self, key: &StoredKey) -> Result<bool, StoreError> {
        let writing = self.begin_writing().await?;
        let place = [Column::Purpose, Column::Algorithm, Column::Position];
        let inserted = key::Entity::insert(key::ActiveModel::from(key))
            .on_conflict(OnConflict::columns(place).do_nothing().to_owned())
            .exec_without_returning(writing.tx())
            .await
            .map_err(failed)?;
        writing.commit().await?;
        Ok(inserted == 1)
    }
}
