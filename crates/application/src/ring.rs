//! The ring of signing keys in a unit of work.

use std::sync::Arc;

use doorward_domain::key::{KeyRules, Place, Ring, Step};
use futures_util::future::BoxFuture;

use crate::{
    Fault, Ports, Settings,
    ports::{KeySmith, MadeKey, StoreError, StoredSigningKey, UnitOfWork},
};

/// Changes the ring. To make a key takes long, so none is made while a unit is open: who finds that one is wanted ends
/// the unit, has it made, and begins again.
#[derive(Clone)]
pub(crate) struct RingChanges {
    smith: Arc<dyn KeySmith>,
    pub(crate) rules: KeyRules,
}

/// A key that was made beforehand.
pub(crate) struct SpareKey {
    algorithm: &'static str,
    made: MadeKey,
}

/// What became of a unit that changes the ring.
pub(crate) enum Attempt<T> {
    /// It was done.
    Done(T),
    /// It was not done: a key for this place is to be made first.
    Wants(Place),
}

/// What became of a step.
pub(crate) enum Stepped {
    /// It was done.
    Done,
    /// A key was published.
    Published {
        /// Its id.
        id: String,
    },
    /// It was not done: a key for this place is to be made first.
    Wants(Place),
}

impl RingChanges {
    /// How often a change may begin again because a key was wanted.
    const ATTEMPTS: u32 = 5;

    pub(crate) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { smith: Arc::clone(&ports.smith), rules: settings.key_rules() }
    }

    /// Attempts a change until it is done, each time with the key that it wanted before.
    pub(crate) async fn attempt<'a, T, E: From<Fault>>(
        &self,
        change: impl Fn(Option<SpareKey>) -> BoxFuture<'a, Result<Attempt<T>, E>>,
    ) -> Result<T, E> {
        let mut spare = None;
        for _ in 0..Self::ATTEMPTS {
            match change(spare.take()).await? {
                Attempt::Done(done) => return Ok(done),
                Attempt::Wants(place) => {
                    let algorithm = place.algorithm();
                    let made = self.smith.make(algorithm).await.map_err(Fault::from)?;
                    spare = Some(SpareKey { algorithm, made });
                }
            }
        }
        Err(Fault::Contended.into())
    }

    /// Publishes a key, in a unit that has locked the ring, and says its id; `None` if it is to be made first.
    pub(crate) async fn publish(
        &self,
        unit: &mut dyn UnitOfWork,
        place: Place,
        spare: &mut Option<SpareKey>,
    ) -> Result<Option<String>, StoreError> {
        let Some(SpareKey { made, .. }) = spare.take().filter(|spare| spare.algorithm == place.algorithm()) else {
            return Ok(None);
        };
        let key = place.filled_by(made.id.clone());
        unit.signing_keys().insert(&StoredSigningKey { key, sealed: Some(made.sealed) }).await?;
        Ok(Some(made.id))
    }

    /// Does a step in a unit that has locked the ring.
    pub(crate) async fn step(
        &self,
        unit: &mut dyn UnitOfWork,
        step: &Step,
        spare: &mut Option<SpareKey>,
    ) -> Result<Stepped, Fault> {
        let done = match step {
            Step::Publish(place) => {
                let published = self.publish(unit, *place, spare).await?;
                return Ok(published.map_or(Stepped::Wants(*place), |id| Stepped::Published { id }));
            }
            Step::Promote(promotion) => unit.signing_keys().promote(promotion).await?,
            Step::Retire(retirement) => unit.signing_keys().retire(retirement).await?,
        };
        if done { Ok(Stepped::Done) } else { Err(Fault::Inconsistent("a locked ring has changed")) }
    }
}

/// The ring as it is stored.
pub(crate) async fn read(unit: &mut dyn UnitOfWork) -> Result<Ring, StoreError> {
    Ok(of(&unit.signing_keys().list().await?))
}

/// The same; until the unit ends, no other can change it.
pub(crate) async fn lock(unit: &mut dyn UnitOfWork) -> Result<Ring, StoreError> {
    Ok(of(&unit.signing_keys().lock().await?))
}

/// The ring of these keys.
pub(crate) fn of(stored: &[StoredSigningKey]) -> Ring {
    Ring::new(stored.iter().map(|stored| stored.key.clone()).collect())
}
