//! `/admin/keys`: the keys that access tokens are signed with.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use doorward_application::{Actor, admin::ListedKey};
use doorward_domain::{
    Timestamp,
    key::{KeyRules, KeyState},
};

use crate::{
    edge::Edge,
    extract::SignedIn,
    pages::{
        Done, Shell, answer, done,
        when::{When, in_words},
    },
    problem::{Code, Problem},
};

pub(super) const PATH: &str = "/admin/keys";

#[derive(Template)]
#[template(path = "admin/keys.html")]
struct KeysPage<'a> {
    shell: &'a Shell,
    keys: Vec<ListedKey>,
    rules: &'a KeyRules,
    /// What was refused of what its buttons do.
    alert: Option<&'a str>,
}

impl<'a> KeysPage<'a> {
    async fn new(edge: &'a Edge, shell: &'a Shell, actor: &Actor) -> Result<Self, Problem> {
        let list = &edge.app.admin.list_keys;
        let mut keys = list.execute(actor).await?;
        // What is over comes last.
        keys.sort_by_key(|listed| !listed.key.holds());
        Ok(Self { shell, keys, rules: list.rules(), alert: None })
    }

    /// The key that signs after the one that does.
    fn next(&self) -> Option<&ListedKey> {
        self.keys.iter().rfind(|listed| listed.state == KeyState::Published)
    }

    /// How often keys change, and when they do next, where nobody has to ask for it.
    fn change(&self) -> Option<(String, Timestamp)> {
        let (t, age) = (&self.shell.t, self.rules.rotate_after?);
        let signing = self.keys.iter().find(|listed| listed.state == KeyState::Signing)?;
        let text = t.keys.by_themselves.with("time", in_words(age, t));
        Some((text, signing.key.moments().signs_from + age))
    }

    /// What it means to publish the next key.
    fn publish_text(&self) -> String {
        let t = &self.shell.t;
        t.keys.publish_text.with("time", in_words(self.rules.notice(), t))
    }

    /// Those that can be revoked.
    fn held(&self) -> impl Iterator<Item = &ListedKey> {
        self.keys.iter().filter(|listed| listed.key.holds())
    }

    /// What a key is, and how that is meant.
    fn state(&self, state: KeyState) -> (&str, &'static str) {
        let t = &self.shell.t.keys;
        match state {
            KeyState::Published => (&t.waiting, "warn"),
            KeyState::Signing => (&t.signs, "good"),
            KeyState::Verifying => (&t.verifies, "quiet"),
            KeyState::Retired => (&t.retired, "quiet"),
            KeyState::Revoked => (&t.revoked, "bad"),
        }
    }

    /// When a key goes or went, if that is known.
    fn end(listed: &ListedKey) -> Option<Timestamp> {
        listed.key.moments().revoked_at.or(listed.retires_at)
    }

    /// What the revocation of a key is called, and what it does.
    fn revocation(&self, state: KeyState) -> (&str, &str) {
        let t = &self.shell.t.keys;
        match state {
            KeyState::Published => (&t.withdraw, &t.withdraw_text),
            KeyState::Signing => (&t.revoke_signing, &t.revoke_signing_text),
            KeyState::Verifying | KeyState::Retired | KeyState::Revoked => (&t.revoke, &t.revoke_text),
        }
    }
}

/// The beginning of a key's id, which is enough to tell a few keys apart.
pub(super) fn short(id: &str) -> String {
    id.chars().take(8).collect()
}

/// Lists the keys, and says what becomes of them.
pub(crate) async fn show(edge: Data<Edge>, shell: Shell, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    answer(&KeysPage::new(&edge, &shell, &actor).await?)
}

/// Publishes the next key.
pub(crate) async fn rotate(edge: Data<Edge>, shell: Shell, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    match edge.app.admin.rotate_keys.execute(&actor).await.map_err(Problem::from) {
        Ok(_) => Ok(done(&edge, Done::KeyPublished, PATH)),
        // Somebody else was quicker, or it was time for it.
        Err(problem) if problem.code() == Code::KeyRotationPending => {
            let shell = shell.at(PATH);
            let mut page = KeysPage::new(&edge, &shell, &actor).await?;
            page.alert = Some(shell.t.problem(problem.code()));
            Err(problem.shown_as(&page))
        }
        Err(problem) => Err(problem),
    }
}

/// Revokes a key. Whoever does it goes on as everybody does: the next page renews what that key had signed for them.
pub(crate) async fn revoke(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    kid: Path<String>,
) -> Result<HttpResponse, Problem> {
    edge.app.admin.revoke_key.execute(&actor, &kid).await?;
    Ok(done(&edge, Done::KeyRevoked, PATH))
}
