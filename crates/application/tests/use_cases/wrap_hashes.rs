//! Hashes of imported passwords are wrapped.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_application::{
    operations::WrappedPage,
    ports::{Access, HashError, PasswordHasher, Store, UnusableHash, UserFilter, Verdict},
};
use doorward_domain::user::{Identifier, Password, PasswordHash};
use doorward_testkit::{MemoryStore, PlainHasher};

use crate::{
    import::{import, line},
    world::{PASSWORD, World},
};

async fn stored_hash(store: &MemoryStore, email: &str) -> String {
    let mut unit = store.begin(Access::Read).await.unwrap();
    let found = unit.users().find_credential(&Identifier::parse(email).unwrap()).await.unwrap();
    found.unwrap().1.unwrap().expose().to_owned()
}

async fn wrap_all(world: &World) -> (u64, u64) {
    let (mut wrapped, mut unusable, mut after) = (0, 0, None);
    loop {
        let page = world.app.operations.wrap_hashes.execute(after, 3).await.unwrap();
        wrapped += page.wrapped;
        unusable += page.unusable;
        after = page.next;
        if after.is_none() {
            return (wrapped, unusable);
        }
    }
}

#[tokio::test]
async fn the_old_password_still_signs_in_and_the_old_hash_is_gone() {
    let world = World::new();
    import(&world, vec![line("jane@example.com")]).await;
    let old = stored_hash(&world.store, "jane@example.com").await;
    assert_eq!(wrap_all(&world).await, (1, 0));
    let wrapped = stored_hash(&world.store, "jane@example.com").await;
    assert!(!wrapped.contains(old.rsplit('$').next().unwrap()), "{wrapped}");
    assert_eq!(world.user("jane@example.com").unwrap().credential_version, 0, "the password is the same");
    assert!(world.log_in("jane@example.com", "another harbour").await.is_err());
    assert!(world.log_in("jane@example.com", PASSWORD).await.is_ok());
    assert_ne!(stored_hash(&world.store, "jane@example.com").await, wrapped, "to sign in hashes it anew");
}

#[tokio::test]
async fn all_are_wrapped_however_many_pages_they_are_and_none_twice() {
    let world = World::new();
    import(&world, (0..450).map(|n| line(&format!("user{n}@example.com"))).collect()).await;
    assert_eq!(wrap_all(&world).await, (450, 0));
    assert_eq!(wrap_all(&world).await, (0, 0));
}

#[tokio::test]
async fn to_foresee_counts_and_changes_nothing() {
    let world = World::new();
    import(&world, vec![line("jane@example.com")]).await;
    let old = stored_hash(&world.store, "jane@example.com").await;
    let foreseen = world.app.operations.wrap_hashes.foresee(None).await.unwrap();
    assert_eq!(foreseen, WrappedPage { wrapped: 1, unusable: 0, next: None });
    assert_eq!(stored_hash(&world.store, "jane@example.com").await, old);
}

#[tokio::test]
async fn a_hash_that_nobody_can_use_is_counted_and_left_alone() {
    let world = World::new();
    import(&world, vec![line("jane@example.com")]).await;
    let id = world.user("jane@example.com").unwrap().id;
    let mut unit = world.store.begin(Access::Write).await.unwrap();
    unit.users().lock(id).await.unwrap();
    unit.users().set_password_hash(id, Some(&PasswordHash::new("$md5$1".to_owned()))).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(wrap_all(&world).await, (0, 1));
    assert_eq!(stored_hash(&world.store, "jane@example.com").await, "$md5$1");
}

/// A hasher during whose work someone else changes what is stored.
struct Overtaken {
    hasher: PlainHasher,
    store: Arc<dyn Store>,
    is_change: bool,
}

#[async_trait]
impl PasswordHasher for Overtaken {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        self.hasher.hash(password).await
    }

    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
        self.hasher.verify(password, stored).await
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        self.hasher.verify_nobody(password).await
    }

    fn recognise(&self, stored: &PasswordHash) -> Result<(), UnusableHash> {
        self.hasher.recognise(stored)
    }

    async fn wrap(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        let wrapped = self.hasher.wrap(stored).await?;
        let mut unit = self.store.begin(Access::Write).await.unwrap();
        let id = unit.users().list(&UserFilter::default(), None, 1).await.unwrap()[0].id;
        let mut user = unit.users().lock(id).await.unwrap().unwrap();
        if self.is_change {
            user.credential_version += 1;
            unit.users().update(&user).await.unwrap();
        } else {
            unit.users().set_password_hash(id, Some(&PasswordHash::new("$new".to_owned()))).await.unwrap();
        }
        unit.commit().await.unwrap();
        Ok(wrapped)
    }
}

#[tokio::test]
async fn whoever_signs_in_or_changes_the_password_meanwhile_is_not_overwritten() {
    for is_change in [false, true] {
        let world = World::with(|ports, _| {
            let store = Arc::clone(&ports.store);
            ports.hasher = Arc::new(Overtaken { hasher: PlainHasher::default(), store, is_change });
        });
        import(&world, vec![line("jane@example.com")]).await;
        let old = stored_hash(&world.store, "jane@example.com").await;
        assert_eq!(wrap_all(&world).await, (0, 0));
        let left = stored_hash(&world.store, "jane@example.com").await;
        assert_eq!(left, if is_change { old } else { "$new".to_owned() });
    }
}

#[tokio::test]
async fn a_fault_at_any_write_leaves_a_hash_that_can_be_wrapped_again() {
    let world = World::new();
    import(&world, vec![line("jane@example.com")]).await;
    for fault in 1..=2 {
        world.store.fail_at(fault);
        assert!(world.app.operations.wrap_hashes.execute(None, 1).await.is_err());
    }
    assert_eq!(wrap_all(&world).await, (1, 0));
}
