//! Sealing everything anew, after a change of the master secret.

use doorward_application::ports::StoreError;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, TryGetable, Value,
    prelude::Uuid,
    sea_query::{LockBehavior, LockType},
};

use super::{
    SeaStore,
    entity::{kept_answer, key, outbox, signing_key},
    failure::failed,
};
use crate::{SealError, key_ring};

/// The tables in which something is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedTable {
    /// The keys of refresh tokens and of digests.
    Keys,
    /// The keys of access tokens. Of those that are retired nothing is left to seal.
    SigningKeys,
    /// Messages that are not sent yet.
    Outbox,
    /// Answers that are given once more. There need not be one yet.
    KeptAnswers,
}

impl SealedTable {
    /// Every table.
    pub const ALL: [Self; 4] = [Self::Keys, Self::SigningKeys, Self::Outbox, Self::KeptAnswers];

    /// The table's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::SigningKeys => "signing_keys",
            Self::Outbox => "outbox",
            Self::KeptAnswers => "kept_answers",
        }
    }
}

/// What became of the rows of a table. Those that were changed or removed in the meantime are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Were sealed anew.
    pub resealed: u64,
    /// Were sealed under the master secret that seals.
    pub current: u64,
    /// Do not open, and were left as they are.
    pub unopened: u64,
}

/// How many rows are read at once, and are locked together at the most.
const AT_ONCE: u64 = 100;

/// Rows of which something is sealed, and how they are named.
trait SealedRows: EntityTrait {
    type Id: Clone + PartialEq + TryGetable + Into<Value> + Send + Sync;

    const ID: Self::Column;
    const SEALED: Self::Column;

    /// What the row's bytes are bound to: the name of a table, a slash and the row's name.
    fn context(id: &Self::Id) -> String;
}

impl SealedRows for key::Entity {
    type Id = String;

    const ID: key::Column = key::Column::Id;
    const SEALED: key::Column = key::Column::Sealed;

    fn context(id: &String) -> String {
        key_ring::context(id)
    }
}

impl SealedRows for signing_key::Entity {
    type Id = String;

    const ID: signing_key::Column = signing_key::Column::Id;
    const SEALED: signing_key::Column = signing_key::Column::Sealed;

    fn context(id: &String) -> String {
        key_ring::context(id)
    }
}

impl SealedRows for outbox::Entity {
    type Id = Uuid;

    const ID: outbox::Column = outbox::Column::Id;
    const SEALED: outbox::Column = outbox::Column::Payload;

    fn context(id: &Uuid) -> String {
        outbox::context(*id)
    }
}

impl SealedRows for kept_answer::Entity {
    type Id = Vec<u8>;

    const ID: kept_answer::Column = kept_answer::Column::Key;
    const SEALED: kept_answer::Column = kept_answer::Column::Answer;

    fn context(id: &Vec<u8>) -> String {
        kept_answer::context(id)
    }
}

/// A row that was sealed under an earlier master secret.
struct Stale<Id> {
    id: Id,
    found: Vec<u8>,
    resealed: Vec<u8>,
}

impl SeaStore {
    /// Seals everything in a table anew that was sealed under an earlier master secret, and tells the id of each row that
    /// does not open.
    ///
    /// It may run while nodes serve, more than once at a time, and may be interrupted: it works in small units, and
    /// writes to a row only if that is still as it was found.
    pub async fn reseal(&self, table: SealedTable, unopened: impl FnMut(&str) + Send) -> Result<Resealed, StoreError> {
        match table {
            SealedTable::Keys => self.reseal_rows::<key::Entity>(unopened).await,
            SealedTable::SigningKeys => self.reseal_rows::<signing_key::Entity>(unopened).await,
            SealedTable::Outbox => self.reseal_rows::<outbox::Entity>(unopened).await,
            SealedTable::KeptAnswers => self.reseal_rows::<kept_answer::Entity>(unopened).await,
        }
    }

    async fn reseal_rows<E: SealedRows>(&self, mut unopened: impl FnMut(&str) + Send) -> Result<Resealed, StoreError> {
        let mut became = Resealed::default();
        let mut after = None;
        loop {
            let rows = self.sealed_rows::<E>(after.as_ref()).await?;
            let Some((last, _)) = rows.last() else { return Ok(became) };
            after = Some(last.clone());
            let mut stale = Vec::new();
            for (id, found) in rows {
                let context = E::context(&id);
                match self.sealer.reseal(&context, &found) {
                    Ok(Some(resealed)) => stale.push(Stale { id, found, resealed }),
                    Ok(None) => became.current += 1,
                    Err(SealError) => {
                        became.unopened += 1;
                        unopened(context.split_once('/').map_or(&context, |(_, name)| name));
                    }
                }
            }
            if !stale.is_empty() {
                became.resealed += self.replace::<E>(stale).await?;
            }
        }
    }

    /// Some rows in which something is sealed, in the order of their ids.
    async fn sealed_rows<E: SealedRows>(&self, after: Option<&E::Id>) -> Result<Vec<(E::Id, Vec<u8>)>, StoreError> {
        E::find()
            .select_only()
            .column(E::ID)
            .column(E::SEALED)
            .filter(E::SEALED.is_not_null())
            .apply_if(after.cloned(), |query, after| query.filter(E::ID.gt(after)))
            .order_by_asc(E::ID)
            .limit(AT_ONCE)
            .into_tuple()
            .all(&self.connection)
            .await
            .map_err(failed)
    }

    /// Writes what was sealed anew. Says how many rows it has written.
    async fn replace<E: SealedRows>(&self, stale: Vec<Stale<E::Id>>) -> Result<u64, StoreError> {
        let writing = self.begin_writing().await?;
        let free: Vec<E::Id> = E::find()
            .select_only()
            .column(E::ID)
            .filter(E::ID.is_in(stale.iter().map(|row| row.id.clone())))
            .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
            .into_tuple()
            .all(writing.at_leisure())
            .await
            .map_err(failed)?;
        let (free, busy): (Vec<_>, Vec<_>) = stale.into_iter().partition(|row| free.contains(&row.id));
        let mut written = 0;
        for row in free {
            written += replace_one::<E>(writing.at_leisure(), row).await?;
        }
        writing.commit().await?;
        for row in busy {
            // Whoever waits for a row while it holds another can be one of two that wait for each other.
            let writing = self.begin_writing().await?;
            written += replace_one::<E>(writing.at_leisure(), row).await?;
            writing.commit().await?;
        }
        Ok(written)
    }
}

async fn replace_one<E: SealedRows>(tx: &DatabaseTransaction, row: Stale<E::Id>) -> Result<u64, StoreError> {
    let Stale { id, found, resealed } = row;
    let this = E::update_many().col_expr(E::SEALED, resealed.into()).filter(E::ID.eq(id)).filter(E::SEALED.eq(found));
    Ok(this.exec(tx).await.map_err(failed)?.rows_affected)
}
