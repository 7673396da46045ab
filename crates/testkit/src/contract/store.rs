//! The contract of the [`Store`] port, its unit of work and its repositories.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

mod audit;
mod invitations;
mod kept_answers;
mod one_time_tokens;
mod outbox;
mod outbox_queue;
mod profiles;
mod revocations;
mod session_ends;
mod session_lists;
mod sessions;
mod signing_keys;
mod steps;
mod units;
mod user_changes;
mod user_ends;
mod user_imports;
mod user_lists;
mod users;

use std::{error::Error, future::Future, pin::Pin, sync::Arc};

pub use audit::*;
use doorward_application::ports::Store;
pub use invitations::*;
pub use kept_answers::*;
pub use one_time_tokens::*;
pub use outbox::*;
pub use outbox_queue::*;
pub use profiles::*;
pub use revocations::*;
pub use session_ends::*;
pub use session_lists::*;
pub use sessions::*;
pub use signing_keys::*;
use steps::{add_sessions, add_user, delete_user, race, read, stored, user_of, write};
pub use units::*;
pub use user_changes::*;
pub use user_ends::*;
pub use user_imports::*;
pub use user_lists::*;
pub use users::*;

/// An empty store with its tables, and what it takes to try it.
pub struct Subject {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The same store, as another process opens it.
    pub elsewhere: Arc<dyn Store>,
    /// What lies in a table.
    pub at_rest: Box<dyn Fn(&'static str) -> AtRest + Send + Sync>,
}

/// The rows of a table as they are stored: all texts and bytes of each.
pub type AtRest = Pin<Box<dyn Future<Output = Vec<Vec<u8>>> + Send>>;

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
            a_user_without_a_password_has_none
            an_address_is_taken_in_every_spelling
            a_username_is_taken_in_every_spelling
            address_and_username_may_be_taken_by_two_others
            many_users_have_no_username
            a_refused_insert_leaves_its_unit_usable
            one_of_two_racing_inserts_is_refused_and_its_unit_goes_on
            a_dropped_insert_takes_nothing
            the_id_of_another_user_is_no_name_that_is_taken

            an_update_replaces_all_but_id_and_password
            an_update_to_names_of_others_is_refused
            names_may_be_respelt
            one_of_two_racing_updates_to_one_name_is_refused
            nobody_is_changed_who_is_not_there
            a_login_is_noted_and_nothing_else_changes
            a_password_is_replaced_taken_away_and_given_again
            hashes_that_new_ones_are_not_like_are_listed_by_id

            users_are_listed_the_latest_first_page_by_page
            users_are_found_by_how_a_name_of_theirs_begins
            a_search_has_no_regard_to_case_in_any_script
            every_filter_narrows
            users_are_found_by_the_names_they_have_now

            thousands_of_users_are_added_with_profiles_and_passwords
            of_many_users_those_whose_names_are_taken_are_told_in_their_order
            what_was_added_at_once_is_gone_with_its_unit
            of_racing_inserts_one_gets_each_name

            users_are_due_to_go_from_the_very_moment
            a_deleted_user_leaves_nothing_behind
            the_administrators_who_may_sign_in_are_told_and_no_others
            the_last_administrator_is_never_lost_in_a_race

            a_profile_is_read_as_written
            a_profile_of_another_role_is_not_found
            an_updated_profile_is_the_one_found
            a_profile_is_not_there_without_its_user
            an_archived_profile_is_found_only_in_the_list
            an_archived_profile_is_restored_as_it_was
            a_user_keeps_the_profiles_of_all_roles_of_before
            a_profile_that_is_not_there_is_not_changed

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

            all_that_is_kept_of_sessions_is_listed_the_latest_first
            a_device_is_known_by_its_label
            sessions_are_forgotten_after_their_absolute_end_and_no_more_than_asked

            a_one_time_token_is_found_as_written
            a_one_time_token_is_found_until_the_very_microsecond_of_its_end
            a_one_time_token_is_consumed_once_and_then_found_no_more
            a_dropped_consumption_uses_nothing_up
            one_of_twenty_racing_consumptions_succeeds
            discarded_one_time_tokens_are_found_by_nobody
            only_one_time_tokens_that_are_not_older_are_discarded
            one_time_tokens_are_forgotten_when_their_time_is_over_and_no_more_than_asked
            a_one_time_token_is_not_there_without_its_user

            a_message_of_any_kind_is_read_as_written
            nothing_of_a_message_can_be_read_at_rest
            a_message_is_there_exactly_when_its_unit_was_committed
            a_message_is_due_at_once_and_not_before
            the_message_that_has_waited_longest_is_leased_first
            a_leased_message_is_nobody_elses_until_the_lease_ends
            a_dropped_lease_takes_nothing
            a_message_is_removed_by_the_lease_that_has_it_and_by_no_other
            a_message_that_was_put_off_is_due_at_that_moment
            a_message_that_was_put_off_for_good_is_never_due
            a_lease_that_lost_a_message_does_not_put_it_off
            a_message_of_a_user_goes_with_the_user
            a_message_is_not_there_without_its_user

            messages_are_listed_the_oldest_first_with_what_went_wrong
            messages_of_every_kind_are_listed
            the_depth_tells_what_waits_since_when_and_what_is_put_off_for_good
            a_retried_message_is_due_now_as_if_it_had_never_been_tried
            all_messages_are_retried_but_those_that_are_leased
            a_message_whose_lease_has_run_out_is_retried
            only_what_is_put_off_for_good_is_dropped
            everything_that_is_put_off_for_good_is_dropped_at_once

            a_unit_says_which_sessions_it_has_ended
            a_unit_says_whose_state_it_has_changed
            whoever_is_new_has_revoked_nothing
            the_log_is_read_as_written
            no_place_of_the_log_is_before_its_time_and_each_names_the_one_before_it
            the_log_has_what_was_committed_and_nothing_else
            who_has_read_up_to_a_position_has_missed_none_before_it
            old_entries_of_the_log_are_purged_and_their_places_are_not_given_again

            a_signing_key_is_read_as_written
            signing_keys_are_listed_by_when_they_sign
            two_signing_keys_never_have_one_id
            a_promoted_key_signs_earlier_and_is_otherwise_as_it_was
            a_key_is_revoked_or_retired_once_and_then_made_of_nothing
            every_change_of_the_ring_is_among_what_its_unit_has_revoked
            a_dropped_change_of_the_ring_changes_nothing
            a_unit_begun_for_reading_neither_locks_nor_changes_the_ring
            of_racing_units_that_find_the_ring_empty_one_makes_the_first_key

            an_invitation_is_read_as_written
            two_invitations_never_have_one_token
            an_invitation_is_accepted_once
            an_invitation_is_withdrawn_once
            an_invitation_is_open_until_the_very_microsecond_of_its_end
            a_dropped_acceptance_leaves_the_invitation_open
            every_open_invitation_of_an_address_is_withdrawn_and_no_other
            invitations_are_listed_the_latest_first_a_page_at_a_time
            the_invitations_of_an_address_are_listed_and_forgotten_in_every_spelling
            expired_invitations_are_purged_so_many_at_a_time
            an_invitation_outlives_whoever_made_and_whoever_accepted_it

            an_entry_of_any_kind_is_read_as_written
            an_entry_is_there_exactly_when_its_unit_was_committed
            an_entry_is_never_written_over
            entries_are_listed_the_latest_first_a_page_at_a_time
            entries_about_or_by_a_user_are_listed_once
            entries_of_a_kind_are_listed_and_every_filter_narrows
            a_tally_counts_the_entries_of_its_kinds_in_each_interval
            a_tally_goes_by_the_microsecond_and_not_by_the_id
            a_tally_of_no_kinds_or_of_no_interval_counts_nothing
            all_entries_are_exported_the_oldest_first_a_page_at_a_time
            the_devices_of_entries_about_or_by_a_user_are_forgotten_and_nothing_else
            an_entry_outlives_the_users_whom_it_names
            old_entries_are_purged_so_many_at_a_time

            a_key_is_claimed_by_one_request_at_a_time
            a_claim_says_whether_the_key_is_of_the_same_request
            an_answer_is_read_as_written
            nothing_of_an_answer_can_be_read_at_rest
            a_dropped_claim_takes_nothing
            a_key_whose_holders_time_is_over_is_taken_over
            an_answer_is_kept_until_the_very_microsecond_of_its_end
            a_key_whose_time_is_over_is_taken_from_its_holder
            an_answer_is_kept_once_and_by_the_holder_alone
            a_key_is_given_up_by_its_holder_alone_and_only_without_an_answer
            what_is_kept_for_a_user_goes_with_the_user
            nothing_is_kept_for_a_user_who_is_not_there
            answers_whose_time_is_over_are_purged_so_many_at_a_time
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

#[cfg(test)]
mod tests {
    #[test]
    fn every_sentence_of_the_contract_is_made_a_test() {
        let macro_of_tests = include_str!("store.rs");
        let sentences = [
            include_str!("store/audit.rs"),
            include_str!("store/invitations.rs"),
            include_str!("store/kept_answers.rs"),
            include_str!("store/one_time_tokens.rs"),
            include_str!("store/outbox.rs"),
            include_str!("store/outbox_queue.rs"),
            include_str!("store/profiles.rs"),
            include_str!("store/revocations.rs"),
            include_str!("store/session_ends.rs"),
            include_str!("store/session_lists.rs"),
            include_str!("store/sessions.rs"),
            include_str!("store/signing_keys.rs"),
            include_str!("store/units.rs"),
            include_str!("store/user_changes.rs"),
            include_str!("store/user_ends.rs"),
            include_str!("store/user_imports.rs"),
            include_str!("store/user_lists.rs"),
            include_str!("store/users.rs"),
        ]
        .concat();
        let written = sentences.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
        for sentence in written {
            assert!(macro_of_tests.contains(&format!("            {sentence}\n")), "{sentence}");
        }
    }
}
