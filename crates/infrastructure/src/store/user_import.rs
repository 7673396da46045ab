//! Users, many at once.

use std::collections::{HashMap, HashSet};

use doorward_application::ports::{NewUser, StoreError, Taken};
use sea_orm::{ActiveValue::Set, prelude::Uuid};

use super::patience::Tx;
use super::{
    bulk::{insert_all, insert_new},
    entity::{password_credential, user},
    profiles,
    user_names::taken,
    user_search,
};

/// As [`UserRepository::insert_many`](doorward_application::ports::UserRepository::insert_many) has it.
pub(super) async fn insert_many(tx: &Tx, users: &[NewUser]) -> Result<Vec<Result<(), Taken>>, StoreError> {
    let mut outcomes = HashMap::<Uuid, Result<(), Taken>>::new();
    // Whoever had a name may be gone again before it is asked which name it was: then it is free.
    for _ in 0..2 {
        let open: Vec<_> = users.iter().filter(|new| !outcomes.contains_key(&new.user.id.uuid())).collect();
        let rows = open.iter().map(|new| user::ActiveModel::from(&new.user)).collect();
        let added: HashSet<_> = insert_new(tx, rows).await?.into_iter().collect();
        let refused: Vec<_> =
            open.into_iter().map(|new| &new.user).filter(|user| !added.contains(&user.id.uuid())).collect();
        outcomes.extend(added.into_iter().map(|id| (id, Ok(()))));
        outcomes.extend(taken(tx, &refused).await?.into_iter().map(|(id, taken)| (id, Err(taken))));
    }
    let outcome = |new: &NewUser| outcomes.get(&new.user.id.uuid()).copied();
    let added = || users.iter().filter(|new| outcome(new) == Some(Ok(())));
    insert_all(tx, added().filter_map(credential).collect()).await?;
    profiles::insert_all(tx, &added().map(|new| (new.user.id, &new.profile)).collect::<Vec<_>>()).await?;
    user_search::insert_terms(tx, &added().map(|new| &new.user).collect::<Vec<_>>()).await?;
    let known = |new: &NewUser| StoreError::new(format!("table users has a row {} already", new.user.id));
    users.iter().map(|new| outcome(new).ok_or_else(|| known(new))).collect()
}

fn credential(new: &NewUser) -> Option<password_credential::ActiveModel> {
    let hash = new.password.as_ref()?.expose().to_owned();
    Some(password_credential::ActiveModel { user_id: Set(new.user.id.uuid()), hash: Set(hash) })
}
