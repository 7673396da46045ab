//! Which calls of the store in memory a fault can break.

use doorward_application::ports::{Access, NewUser, Store as _, UserFilter};
use doorward_domain::{
    TokenId,
    session::{EndReason, Rotation, SessionEnd},
    token::OneTimePurpose,
    user::Identifier,
};
use doorward_testkit::{
    CountingIds, MemoryStore,
    builders::{noon, one_time_token, password_hash, profile, session, user},
};

#[tokio::test]
async fn every_call_that_changes_users_profiles_sessions_or_tokens_can_fail() {
    let store = MemoryStore::new();
    let (user, other) = (user(1), user(2));
    let (session, token) = (session(&user, 1), one_time_token(&user, 1));
    let profile = profile(user.role);
    let end = SessionEnd { at: noon(), reason: EndReason::Revoked };
    let access_token_id = TokenId::new(CountingIds::nth(9, noon()));
    let rotation = Rotation { to: 1, at: noon(), idle_expires_at: noon(), access_token_id };
    let new = NewUser { user: other, profile: profile.clone(), password: None };
    let mut unit = store.begin(Access::Write).await.unwrap();
    macro_rules! can_fail {
        ($($repository:ident.$method:ident($($argument:expr),*))*) => {
            $(
                store.fail_at(1);
                assert!(unit.$repository().$method($($argument),*).await.is_err(), stringify!($repository.$method));
                assert!(unit.$repository().$method($($argument),*).await.is_ok(), stringify!($repository.$method));
            )*
        };
    }
    can_fail! {
        users.insert(&user, Some(&password_hash(1)))
        users.insert_many(std::slice::from_ref(&new))
        users.update(&user)
        users.record_login(user.id, noon())
        users.set_password_hash(user.id, None)
        profiles.insert(user.id, &profile)
        profiles.update(user.id, &profile)
        profiles.archive(user.id, user.role, noon())
        profiles.restore(user.id, user.role)
        sessions.insert(&session)
        sessions.rotate(session.id, 0, &rotation)
        sessions.touch(&[(session.id, noon())])
        sessions.end(session.id, end)
        sessions.end_all(user.id, None, end)
        sessions.end_oldest(user.id, 0, end)
        sessions.purge(noon(), 1)
        one_time_tokens.insert(&token)
        one_time_tokens.consume(token.id, noon())
        one_time_tokens.discard(user.id, &OneTimePurpose::ALL, None)
        one_time_tokens.purge(noon(), 1)
        users.delete(user.id)
    }
}

#[tokio::test]
async fn no_call_that_reads_or_locks_uses_a_fault_up() {
    let store = MemoryStore::new();
    let (user, token) = (user(1), one_time_token(&user(1), 1));
    let (identifier, session) = (Identifier::Email(user.email.clone()), session(&user, 1));
    let mut unit = store.begin(Access::Write).await.unwrap();
    store.fail_at(1);
    unit.users().find(user.id).await.unwrap();
    unit.users().find_by_identifier(&identifier).await.unwrap();
    unit.users().find_credential(&identifier).await.unwrap();
    unit.users().password_hash(user.id).await.unwrap();
    unit.users().list(&UserFilter::default(), None, 1).await.unwrap();
    unit.users().legacy_hashes(None, 1).await.unwrap();
    unit.users().due_to_go(noon(), 1).await.unwrap();
    unit.users().lock(user.id).await.unwrap();
    unit.users().lock_active_admins().await.unwrap();
    unit.profiles().find(user.id, user.role).await.unwrap();
    unit.profiles().list(user.id).await.unwrap();
    unit.sessions().find(session.id).await.unwrap();
    unit.sessions().find_with_user(session.id).await.unwrap();
    unit.sessions().find_with_locked_user(session.id).await.unwrap();
    unit.sessions().list_live(user.id, noon()).await.unwrap();
    unit.sessions().list_all(user.id).await.unwrap();
    unit.sessions().knows_device(user.id, "a device").await.unwrap();
    unit.one_time_tokens().find(token.purpose, &token.digest, noon()).await.unwrap();
    assert!(unit.users().insert(&user, None).await.is_err());
}
