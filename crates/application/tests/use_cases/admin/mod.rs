//! What administrators and operators do.

mod activation;
mod audit_log;
mod authority;
mod create_admin;
mod create_user;
mod delete_user;
mod invitations;
mod keys;
mod last_admin;
mod lists;
mod office;
mod overview;
mod sessions_and_resets;
mod update_user;
mod whole_or_not;
