//! What many tests of the store begin with.

use std::{error::Error, future::Future, sync::Arc};

use doorward_application::ports::{Access, Store, StoreError, UnitOfWork};
use doorward_domain::{UserId, session::Session, user::User};
use tokio::task::JoinSet;

use super::{Outcome, Subject};
use crate::builders::{password_hash, profile};

/// Begins a unit that writes.
pub(super) async fn write(store: &Arc<dyn Store>) -> Result<Box<dyn UnitOfWork>, StoreError> {
    store.begin(Access::Write).await
}

/// Begins a unit that reads.
pub(super) async fn read(store: &Arc<dyn Store>) -> Result<Box<dyn UnitOfWork>, StoreError> {
    store.begin(Access::Read).await
}

/// Adds a user with the profile of the role.
pub(super) async fn add_user(store: &Arc<dyn Store>, user: &User) -> Outcome {
    let mut unit = write(store).await?;
    unit.users().insert(user, Some(&password_hash(1))).await?;
    unit.profiles().insert(user.id, &profile(user.role)).await?;
    Ok(unit.commit().await?)
}

/// Removes a user.
pub(super) async fn delete_user(store: &Arc<dyn Store>, id: UserId) -> Outcome {
    let mut unit = write(store).await?;
    unit.users().lock(id).await?.ok_or("the user is there")?;
    unit.users().delete(id).await?;
    Ok(unit.commit().await?)
}

/// Adds sessions of users who are there.
pub(super) async fn add_sessions(store: &Arc<dyn Store>, sessions: impl IntoIterator<Item = &Session>) -> Outcome {
    let mut unit = write(store).await?;
    for session in sessions {
        unit.sessions().insert(session).await?;
    }
    Ok(unit.commit().await?)
}

/// The user, whom another process sees too.
pub(super) async fn user_of(subject: &Subject, id: UserId) -> Result<Option<User>, StoreError> {
    read(&subject.elsewhere).await?.users().find(id).await
}

/// The session, as another process sees it.
pub(super) async fn stored(subject: &Subject, session: &Session) -> Result<Session, Box<dyn Error + Send + Sync>> {
    let found = read(&subject.elsewhere).await?.sessions().find(session.id).await?;
    Ok(found.ok_or("the session is there")?)
}

/// Does the same as often as said at once, in two processes, and gathers what became of each.
pub(super) async fn race<T, F>(
    subject: &Subject,
    racers: usize,
    run: impl Fn(Arc<dyn Store>, usize) -> F,
) -> Result<Vec<T>, Box<dyn Error + Send + Sync>>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let mut running = JoinSet::new();
    for n in 0..racers {
        let store = if n % 2 == 0 { &subject.store } else { &subject.elsewhere };
        running.spawn(run(Arc::clone(store), n));
    }
    running.join_all().await.into_iter().collect()
}
