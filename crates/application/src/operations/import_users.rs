//! Users who come from elsewhere.

mod record;

use std::collections::HashSet;

use doorward_domain::{
    Timestamp,
    audit::AuditKind,
    user::{EmailAddress, Identifier, User},
};
pub use record::{ImportRefusal, ImportedUser, RefusedField, UserRecord};

use crate::{
    Fault, Ports, Settings,
    auth::PasswordRules,
    ports::{Access, NewUser, UnitOfWork},
    trail::{Entry, Trail},
};

/// Moves users in, with the hashes that they sign in with. It has no actor: whoever can run the binary on the database
/// is trusted already. Nobody is written to, and no account that is there is changed.
pub struct ImportUsers {
    ports: Ports,
    rules: PasswordRules,
    trail: Trail,
}

/// What became of a user, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// The account was made.
    Imported,
    /// The address has an account already, which stays as it is.
    AlreadyThere,
    /// Something else that must be the user's alone is another account's.
    Refused(Vec<RefusedField>),
}

impl ImportUsers {
    /// How many users are best given at a time: one unit writes them all, and others who write wait for it.
    pub const BATCH: usize = 500;

    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), rules: PasswordRules::new(ports, settings), trail: Trail::new(ports) }
    }

    /// Reads a record; everything that is wrong with it is told at once. Administrators are refused unless they are
    /// expected: whoever wrote the file need not be who runs the platform.
    pub fn read(&self, record: UserRecord, administrators: bool) -> Result<ImportedUser, Vec<RefusedField>> {
        let mut refused = Vec::new();
        match record.read(&self.ports, &self.rules, administrators, &mut refused) {
            Some(user) if refused.is_empty() => Ok(user),
            _ => Err(refused),
        }
    }

    /// Makes the accounts, all in one unit, and says of each user, in their order, what became of it. To do it again
    /// with the same users makes none twice.
    pub async fn execute(&self, users: Vec<ImportedUser>) -> Result<Vec<ImportOutcome>, Fault> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let mut outcomes = Vec::with_capacity(users.len());
        let mut different = Different::default();
        for user in users {
            if different.has_a_name_of(&user) {
                self.insert(unit.as_mut(), &different.take(), now, &mut outcomes).await?;
            }
            match holder_of_id(unit.as_mut(), &user).await? {
                None => different.push(user),
                Some(holder) => {
                    // In its place: those who came before it are told of before it.
                    self.insert(unit.as_mut(), &different.take(), now, &mut outcomes).await?;
                    let is_same = is_same(&holder.email, user.email());
                    outcomes.push(if is_same { ImportOutcome::AlreadyThere } else { refused(&["id"]) });
                }
            }
        }
        self.insert(unit.as_mut(), &different.take(), now, &mut outcomes).await?;
        unit.commit().await?;
        Ok(outcomes)
    }

    /// What [`execute`](Self::execute) would do, as far as the store tells it; nothing is written. Of two users of one
    /// name it says the same.
    pub async fn foresee(&self, users: &[ImportedUser]) -> Result<Vec<ImportOutcome>, Fault> {
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let mut outcomes = Vec::with_capacity(users.len());
        for user in users {
            let holder = holder_of_id(unit.as_mut(), user).await?;
            let taken = [
                holder.is_some_and(|holder| !is_same(&holder.email, user.email())).then_some("id"),
                is_username_of_another(unit.as_mut(), &user.new).await?.then_some("username"),
            ];
            let taken: Vec<_> = taken.into_iter().flatten().collect();
            let email = Identifier::Email(user.email().clone());
            outcomes.push(if !taken.is_empty() {
                refused(&taken)
            } else if unit.users().find_by_identifier(&email).await?.is_some() {
                ImportOutcome::AlreadyThere
            } else {
                ImportOutcome::Imported
            });
        }
        Ok(outcomes)
    }

    async fn insert(
        &self,
        unit: &mut dyn UnitOfWork,
        users: &[NewUser],
        now: Timestamp,
        outcomes: &mut Vec<ImportOutcome>,
    ) -> Result<(), Fault> {
        for (new, inserted) in users.iter().zip(unit.users().insert_many(users).await?) {
            let Err(taken) = inserted else {
                let entry = Entry::alone(AuditKind::UserCreated, new.user.id).detail("imported");
                self.trail.record(unit, entry, now).await?;
                outcomes.push(ImportOutcome::Imported);
                continue;
            };
            // An account that is there already has its username too.
            let is_same = taken.email && !(taken.username && is_username_of_another(unit, new).await?);
            outcomes.push(if is_same { ImportOutcome::AlreadyThere } else { refused(&["username"]) });
        }
        Ok(())
    }
}

fn refused(taken: &[&'static str]) -> ImportOutcome {
    let refused = taken.iter().map(|field| RefusedField { field, reason: ImportRefusal::Taken });
    ImportOutcome::Refused(refused.collect())
}

async fn is_username_of_another(unit: &mut dyn UnitOfWork, new: &NewUser) -> Result<bool, Fault> {
    let Some(username) = &new.user.username else { return Ok(false) };
    let holder = unit.users().find_by_identifier(&Identifier::Username(username.clone())).await?;
    Ok(holder.is_some_and(|holder| !is_same(&holder.email, &new.user.email)))
}

/// Whoever has the id that came with the user.
async fn holder_of_id(unit: &mut dyn UnitOfWork, user: &ImportedUser) -> Result<Option<User>, Fault> {
    if user.keeps_id { Ok(unit.users().find(user.new.user.id).await?) } else { Ok(None) }
}

fn is_same(one: &EmailAddress, other: &EmailAddress) -> bool {
    one.canonical() == other.canonical()
}

/// Users of whom no two have a name in common, as the store wants them.
#[derive(Default)]
struct Different {
    users: Vec<NewUser>,
    names: HashSet<String>,
}

impl Different {
    fn has_a_name_of(&self, user: &ImportedUser) -> bool {
        user.names().any(|(_, name)| self.names.contains(&name))
    }

    fn push(&mut self, user: ImportedUser) {
        self.names.extend(user.names().map(|(_, name)| name));
        self.users.push(user.new);
    }

    fn take(&mut self) -> Vec<NewUser> {
        self.names.clear();
        std::mem::take(&mut self.users)
    }
}
