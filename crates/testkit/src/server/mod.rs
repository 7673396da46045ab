//! A whole doorward server for the tests of a product: in process, on a port of its own, gone when it is dropped.
//!
//! It is the real one, with its routes, its SQLite store and its signer. What a test is in charge of is the time, the
//! mails, the passwords' cost, and the state of the database, which can be kept and gone back to in milliseconds.
//!
//! ```
//! use std::time::Duration;
//!
//! use doorward_testkit::server::{MailFilter, NewTestUser, TestServer};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), doorward_testkit::server::TestServerError> {
//! let server = TestServer::start().await?;
//! server.create_user(&NewTestUser::new("jane@example.com")).await?;
//! server.snapshot("jane").await?;
//!
//! let session = server.sign_in("jane@example.com").await?;
//! // … your product, with `server.url()` and `session.access_token` …
//! server.advance(Duration::from_secs(601)).await?;
//! // … the token has expired, as it does after ten minutes …
//! assert!(server.mails(&MailFilter::to("jane@example.com")).await?.is_empty());
//!
//! server.restore("jane").await?;
//! # Ok(())
//! # }
//! ```

mod clock;
mod core;
mod error;
mod faults;
mod inbox;
mod options;
mod people;
mod profile;
mod sign_in;
mod stage;
mod switch;
mod thread_of_its_own;

use std::{sync::Arc, thread, time::Duration};

pub use clock::ClockState;
use core::Core;
pub use doorward_application::ports::MessageKind;
pub use doorward_domain::{Role, Timestamp};
pub use doorward_http::Code;
pub use error::TestServerError;
pub use faults::Fault;
pub use inbox::{Mail, MailFilter};
pub use options::{TestServerBuilder, is_private};
pub use people::{NewTestUser, PASSWORD};
pub use profile::TestProfile;
pub use sign_in::TestSession;
use tokio::{runtime::Handle, sync::oneshot};

/// A doorward server for tests. Dropped, it is gone, with its database.
///
/// It runs on threads of its own, so that it can be used from any runtime, and shared by tests that each have one.
pub struct TestServer {
    core: Arc<Core>,
    url: String,
    runtime: Handle,
    /// Dropped, it makes the thread end.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl TestServer {
    /// Starts a server with nobody in it.
    pub async fn start() -> Result<Self, TestServerError> {
        Self::builder().start().await
    }

    /// A server that is to be started with something else than the defaults.
    #[must_use]
    pub fn builder() -> TestServerBuilder {
        TestServerBuilder::default()
    }

    /// Where it is, without a slash at the end: what a product takes for doorward's base URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What its tokens call it (`iss`): another name at each start, unless `tokens.issuer` was set.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.core.issuer
    }

    /// The origin that mails lead to: [`url`](Self::url), unless `http.public_url` was set.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.core.public_url
    }

    /// The time in it. It begins with the machine's and goes on as fast.
    #[must_use]
    pub fn clock(&self) -> ClockState {
        self.core.clock.state()
    }

    /// Moves its clock forward, and has done what is due then: tokens and sessions expire, keys change, what is over is
    /// forgotten.
    pub async fn advance(&self, by: Duration) -> Result<ClockState, TestServerError> {
        self.on(async move |core| core.move_clock(|clock| clock.advance(by)).await).await
    }

    /// Moves its clock forward to a moment; see [`advance`](Self::advance). Only [`restore`](Self::restore) and
    /// [`reset`](Self::reset) put it back.
    pub async fn set_clock(&self, to: Timestamp) -> Result<ClockState, TestServerError> {
        self.on(async move |core| core.move_clock(|clock| clock.set(to)).await).await
    }

    /// Stops its clock, or lets it go on.
    pub async fn run_clock(&self, running: bool) -> Result<ClockState, TestServerError> {
        self.on(async move |core| core.move_clock(|clock| Some(clock.run(running))).await).await
    }

    /// The mails that are meant, the earliest first. All are there that were caused by what has been answered.
    pub async fn mails(&self, filter: &MailFilter) -> Result<Vec<Arc<Mail>>, TestServerError> {
        let filter = filter.clone();
        self.on(async move |core| core.mails(&filter).await).await
    }

    /// The latest mail that is meant.
    pub async fn latest_mail(&self, filter: &MailFilter) -> Result<Option<Arc<Mail>>, TestServerError> {
        Ok(self.mails(filter).await?.pop())
    }

    /// The first mail that is meant, as soon as it is there, and for at most as long as this. One that is there already
    /// counts: name the [`number`](Mail::number) of the latest that you know to wait for another.
    pub async fn wait_for_mail(
        &self,
        filter: &MailFilter,
        patience: Duration,
    ) -> Result<Option<Arc<Mail>>, TestServerError> {
        let filter = filter.clone();
        self.on(async move |core| Ok(core.inbox.wait(&filter, patience).await)).await
    }

    /// Forgets the mails that are meant, and says how many there were.
    pub async fn clear_mails(&self, filter: &MailFilter) -> Result<usize, TestServerError> {
        let filter = filter.clone();
        self.on(async move |core| {
            core.deliver().await?;
            Ok(core.inbox.clear(&filter))
        })
        .await
    }

    /// Makes a user, as `doorward users import` does, and says the id. No mail is sent.
    pub async fn create_user(&self, user: &NewTestUser) -> Result<String, TestServerError> {
        let ids = self.create_users(std::slice::from_ref(user)).await?;
        ids.into_iter().next().ok_or(TestServerError::NoSuchUser)
    }

    /// Makes users, all or none, and says their ids in the same order.
    pub async fn create_users(&self, users: &[NewTestUser]) -> Result<Vec<String>, TestServerError> {
        let users = users.to_vec();
        self.on(async move |core| people::create(&core.app, &core.ports, &users).await).await
    }

    /// Signs a user in without the password, by address, username or id. It is a sign-in like any other: it is
    /// refused to whom doorward refuses it, stands in the audit log, and may cause a mail about a new device.
    pub async fn sign_in(&self, who: &str) -> Result<TestSession, TestServerError> {
        self.sign_in_with(who, "doorward-test").await
    }

    /// The same on a device that calls itself so.
    pub async fn sign_in_with(&self, who: &str, user_agent: &str) -> Result<TestSession, TestServerError> {
        let (who, user_agent) = (who.to_owned(), user_agent.to_owned());
        self.on(async move |core| sign_in::sign_in(&core.app, &core.ports, &core.master_key, &who, &user_agent).await)
            .await
    }

    /// Keeps the state under a name: the database, the clock and the mails. A state of that name is replaced.
    pub async fn snapshot(&self, name: &str) -> Result<(), TestServerError> {
        let name = name.to_owned();
        self.on(async move |core| core.snapshot(&name).await).await
    }

    /// Goes back to a state that was kept: the database, the clock and the mails are what they were, nothing that was
    /// remembered since counts, and no fault is left. Requests that are under way are done before it or after it.
    pub async fn restore(&self, name: &str) -> Result<(), TestServerError> {
        let name = name.to_owned();
        self.on(async move |core| core.restore(&name).await).await
    }

    /// Goes back to the state after the start: nobody is there.
    pub async fn reset(&self) -> Result<(), TestServerError> {
        self.on(async |core| core.reset().await).await
    }

    /// Forgets a state that was kept.
    pub async fn forget(&self, name: &str) -> Result<(), TestServerError> {
        let name = name.to_owned();
        self.on(async move |core| core.forget(&name).await).await
    }

    /// The names of the states that are kept.
    pub async fn snapshots(&self) -> Result<Vec<String>, TestServerError> {
        self.on(async |core| Ok(core.snapshots().await)).await
    }

    /// Makes the next requests of a route fail, or take longer.
    pub fn fail(&self, fault: Fault) -> Result<(), TestServerError> {
        self.core.faults.add(fault)
    }

    /// What is to happen to requests and has not yet.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.core.faults.list()
    }

    /// Has nothing more happen to requests.
    pub fn clear_faults(&self) {
        self.core.faults.clear();
    }

    /// The code that a fault is to answer with: by its name, or the first that comes with a status.
    pub fn code(name_or_status: &str) -> Result<Code, TestServerError> {
        faults::code(name_or_status)
    }

    /// Does something on the server's own threads, to which its connections to the database belong.
    async fn on<T, F>(&self, work: impl FnOnce(Arc<Core>) -> F + Send + 'static) -> Result<T, TestServerError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, TestServerError>> + Send,
    {
        let core = Arc::clone(&self.core);
        let done = self.runtime.spawn(async move { work(core).await });
        done.await.map_err(TestServerError::broken)?
    }
}
