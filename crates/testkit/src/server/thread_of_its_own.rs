//! The thread that a test server runs on.

use std::{net::SocketAddr, sync::Arc, thread};

use tokio::{
    runtime::{self, Handle},
    sync::oneshot,
};

use super::{TestServer, TestServerBuilder, TestServerError, core::Core};

impl TestServerBuilder {
    /// Starts it. When this returns, it answers.
    pub async fn start(self) -> Result<TestServer, TestServerError> {
        let (started, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("doorward-test".to_owned());
        let thread = thread.spawn(move || serve(&self, started, stopped)).map_err(TestServerError::broken)?;
        let (core, addr, runtime) = told.await.map_err(TestServerError::broken)??;
        let url = format!("http://{addr}");
        Ok(TestServer { core, url, runtime, stop: Some(stop), thread: Some(thread) })
    }
}

type Started = Result<(Arc<Core>, SocketAddr, Handle), TestServerError>;

/// Serves until it is told to stop, or nobody can tell it any more.
fn serve(builder: &TestServerBuilder, started: oneshot::Sender<Started>, stopped: oneshot::Receiver<()>) {
    let runtime = match runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return drop(started.send(Err(TestServerError::broken(cause)))),
    };
    runtime.block_on(async {
        let (core, running) = match Core::start(builder).await {
            Ok(done) => done,
            Err(cause) => return drop(started.send(Err(cause))),
        };
        let jobs = tokio::spawn(Arc::clone(&core).run());
        // Nobody waits for it any more: then it is stopped at once.
        let _ = started.send(Ok((core, running.addr, Handle::current())));
        let _ = stopped.await;
        jobs.abort();
        // Its part of the server is gone then, and the folder goes with the last part.
        let _ = jobs.await;
        if let Err(cause) = running.abort().await {
            tracing::warn!(%cause, "the test server did not end well");
        }
    });
    runtime.shutdown_background();
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It ends at once: nothing is waited for but its own threads.
            let _ = thread.join();
        }
    }
}
