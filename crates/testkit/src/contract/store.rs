//! The contract of the [`Store`] port, its unit of work and its repositories.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

mod one_time_tokens;
mod outbox;
mod profiles;
mod session_ends;
mod sessions;
mod units;
mod users;

use std::{error::Error, future::Future, pin::Pin, sync::Arc};

use doorward_application::ports::{Access, Store, StoreError, UnitOfWork};
use doorward_domain::{UserId, session::Session, user::User};
pub use one_time_tokens::*;
pub use outbox::*;
pub use profiles::*;
pub use session_ends::*;
pub use sessions::*;
use tokio::task::JoinSet;
pub use units::*;
pub use users::*;

use crate::builders::{password_hash, profile};

/// An empty store with its tables, and what it takes to try it.
pub struct Subject {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The same store, as another process opens it.
    pub elsewhere: Arc<dyn Store>,
    /// What lies in the outbox.
    pub outbox: Box<dyn Fn() -> AtRest + Send + Sync>,
}

/// The rows of the outbox as they are stored: the kind of each, and the bytes of all else that tells what it says.
pub type AtRest = Pin<Box<dyn Future<Output = Vec<(String, Vec<u8>)>> + Send>>;

/// A port that fails where it must not fails the test.
pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// Makes one test of each sentence of the contract, in the module that it stands in. The argument makes the
/// [`Subject`](crate::contract::store::Subject), and may await. Needs `tokio` with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! store_contract {
    ($subject:expr) => {
        $crate::store_contract! { @each $subject;
            a_store_with_its_tables_passes_its_check
            what_was_committed_is_there_for_other_processes
            what_was_dropped_is_gone
            nobody_sees_what_has_not_been_committed
            a_unit_begun_for_reading_writes_nothing
            a_full_store_refuses_a_unit_within_seconds
            sixteen_writers_of_one_user_run_one_after_the_other
            sixty_four_writers_of_different_users_all_write

            a_user_is_read_as_written
            nobody_is_found_who_is_not_there
            a_credential_is_found_by_every_spelling_of_address_and_username
            an_address_is_taken_in_every_spelling
            a_username_is_taken_in_every_spelling
            address_and_username_may_be_taken_by_two_others
            many_users_have_no_username
            a_refused_insert_leaves_its_unit_usable
            one_of_two_racing_inserts_is_refused_and_its_unit_goes_on
            a_dropped_insert_takes_nothing
            an_update_replaces_all_but_id_address_and_password
            an_update_to_a_taken_username_is_refused
            a_replaced_password_hash_is_the_one_found

            a_profile_is_read_as_written
            a_profile_of_another_role_is_not_found
            an_updated_profile_is_the_one_found
            a_profile_is_not_there_without_its_user

            a_session_is_read_as_written
            a_session_is_found_with_its_user
            a_session_is_not_there_without_its_user
            a_rotation_changes_what_the_domain_says
            a_rotation_never_moves_the_last_use_back
            a_rotation_from_another_generation_changes_nothing
            one_of_sixteen_racing_rotations_succeeds
            live_sessions_are_listed_the_latest_first
            a_session_lives_until_the_very_microsecond_of_its_end
            a_use_is_noted_and_never_moved_back
            two_hundred_uses_are_noted_at_once

            an_end_is_final
            an_ended_session_is_not_rotated
            all_live_sessions_of_a_user_end_but_the_one_to_keep
            the_oldest_live_sessions_end_and_the_latest_remain

            a_one_time_token_is_consumed_once_and_as_written
            a_one_time_token_is_not_consumed_by_another_digest
            a_one_time_token_is_not_consumed_after_its_time
            a_dropped_consumption_uses_nothing_up
            one_of_sixteen_racing_consumptions_succeeds
            a_one_time_token_is_not_there_without_its_user

            a_message_is_there_exactly_when_its_unit_was_committed
            nothing_of_a_message_can_be_read_at_rest
        }
    };
    (@each $subject:expr; $($sentence:ident)*) => {
        $(
            #[::tokio::test(flavor = "multi_thread")]
            async fn $sentence() -> $crate::contract::store::Outcome {
                $crate::contract::store::$sentence(&$subject).await
            }
        )*
    };
}

/// Begins a unit that writes.
async fn write(store: &Arc<dyn Store>) -> Result<Box<dyn UnitOfWork>, StoreError> {
    store.begin(Access::Write).await
}

/// Begins a unit that reads.
async fn read(store: &Arc<dyn Store>) -> Result<Box<dyn UnitOfWork>, StoreError> {
    store.begin(Access::Read).await
}

/// Adds a user with the profile of the role.
async fn add_user(store: &Arc<dyn Store>, user: &User) -> Outcome {
    let mut unit = write(store).await?;
    unit.users().insert(user, &password_hash(1)).await?;
    unit.profiles().insert(user.id, &profile(user.role)).await?;
    Ok(unit.commit().await?)
}

/// Adds sessions of users who are there.
async fn add_sessions(store: &Arc<dyn Store>, sessions: impl IntoIterator<Item = &Session>) -> Outcome {
    let mut unit = write(store).await?;
    for session in sessions {
        unit.sessions().insert(session).await?;
    }
    Ok(unit.commit().await?)
}

/// The user, whom another process sees too.
async fn user_of(subject: &Subject, id: UserId) -> Result<Option<User>, StoreError> {
    read(&subject.elsewhere).await?.users().find(id).await
}

/// The session, as another process sees it.
async fn stored(subject: &Subject, session: &Session) -> Result<Session, Box<dyn Error + Send + Sync>> {
    let found = read(&subject.elsewhere).await?.sessions().find(session.id).await?;
    Ok(found.ok_or("the session is there")?)
}

/// Does the same as often as said at once, in two processes, and gathers what became of each.
async fn race<T, F>(
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

#[cfg(test)]
mod tests {
    #[test]
    fn every_sentence_of_the_contract_is_made_a_test() {
        let macro_of_tests = include_str!("store.rs");
        let sentences = [
            include_str!("store/one_time_tokens.rs"),
            include_str!("store/outbox.rs"),
            include_str!("store/profiles.rs"),
            include_str!("store/session_ends.rs"),
            include_str!("store/sessions.rs"),
            include_str!("store/units.rs"),
            include_str!("store/users.rs"),
        ]
        .concat();
        let written = sentences.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
        for sentence in written {
            assert!(macro_of_tests.contains(&format!("            {sentence}\n")), "{sentence}");
        }
    }
}
