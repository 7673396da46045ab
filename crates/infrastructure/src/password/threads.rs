//! Threads that do nothing but hash.
//!
//! Hashing on the threads that serve requests makes every other request wait for it; on a runtime's blocking threads
//! it takes as much memory as there are requests. A thread a core, at a lower priority and with memory of its own,
//! hashes as fast as the machine can and is not felt by anyone else.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use doorward_application::ports::HashError;
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::{
    load::Load,
    metrics::{Counted, HashingMetrics},
    queue::{Job, Next, Queue},
};

/// The threads and the queue before them. Dropped, it waits for the jobs at work and ends the threads.
///
/// Each thread has an `M` of its own, which it hands to every job and drops when it has been idle for a while.
pub(super) struct HashingThreads<M> {
    queue: Arc<Queue<M>>,
    load: Arc<Load>,
    pub(super) metrics: HashingMetrics,
    threads: Vec<JoinHandle<()>>,
}

impl<M: Default + 'static> HashingThreads<M> {
    /// Starts this many threads. `expected` is how long a job will take, until it is known; `idle` is how long a
    /// thread without work keeps its `M`.
    pub(super) fn start(count: usize, expected: Duration, idle: Duration) -> io::Result<Self> {
        let (queue, load) = (Arc::new(Queue::new()), Arc::new(Load::new(count, expected)));
        let mut started = Self { queue, load, metrics: HashingMetrics::default(), threads: Vec::with_capacity(count) };
        for number in 0..count {
            let queue = Arc::clone(&started.queue);
            let thread = thread::Builder::new().name(format!("hashing-{number}"));
            started.threads.push(thread.spawn(move || serve(&queue, idle))?);
        }
        Ok(started)
    }

    /// Has a thread do this, unless that would have to wait too long. If nobody waits for the answer any more when
    /// its turn comes, it is not done.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut M) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let metrics = self.metrics.clone();
        let Some(place) = self.load.admit() else {
            metrics.refused.inc();
            return Err(HashError::Overloaded);
        };
        let waiting = Counted::by(&metrics.waiting);
        let (reply, answer) = oneshot::channel();
        let job: Job<M> = Box::new(move |memory| {
            drop(waiting);
            if reply.is_closed() {
                metrics.left.inc();
                return;
            }
            let at_work = Counted::by(&metrics.at_work);
            let began = Instant::now();
            let result = work(memory);
            let took = began.elapsed();
            metrics.seconds.observe(took.as_secs_f64());
            place.learn(took);
            drop(at_work);
            // Before the answer: who asks again with it finds the place free.
            drop(place);
            let _ = reply.send(result);
        });
        self.queue.push(job);
        let span = tracing::debug_span!(target: "doorward::trace", "password.hash");
        answer.instrument(span).await.map_err(|_| HashError::Failed("a hash panicked".to_owned()))
    }
}

impl<M> Drop for HashingThreads<M> {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What a hashing thread does until the queue is closed.
fn serve<M: Default>(queue: &Queue<M>, idle: Duration) {
    lower_priority();
    let mut memory = None;
    loop {
        match queue.next(memory.is_some().then_some(idle)) {
            Next::Job(job) => {
                let memory = memory.get_or_insert_default();
                // A hash that panics takes its answer with it, not the thread.
                let _ = catch_unwind(AssertUnwindSafe(|| job(memory)));
            }
            Next::Nothing => memory = None,
            Next::Closed => return,
        }
    }
}

/// On Linux a priority is a thread's own; elsewhere this would slow the whole process.
#[cfg(target_os = "linux")]
fn lower_priority() {
    // Refused only where the process is already slower than this.
    let _ = rustix::process::setpriority_process(None, 10);
}

#[cfg(not(target_os = "linux"))]
fn lower_priority() {}

#[cfg(test)]
mod tests {
    use std::{
        cell::RefCell,
        pin::pin,
        sync::{
            Arc, Barrier,
            mpsc::{self, TryRecvError},
        },
        task::{Context, Poll, Waker},
        time::Duration,
    };

    use doorward_application::ports::HashError;

    use super::HashingThreads;

    fn threads(count: usize, expected: Duration) -> HashingThreads<Kept> {
        HashingThreads::start(count, expected, Duration::MAX).unwrap()
    }

    /// Asks, and does not wait for the answer.
    fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[tokio::test]
    async fn what_jobs_take_is_learned() {
        let threads = threads(1, Duration::from_hours(1));
        let at_work = threads.load.admit().expect("an idle thread takes any job");
        assert!(threads.load.admit().is_none());
        drop(at_work);
        for _ in 0..100 {
            threads.run(|_| ()).await.unwrap();
        }
        let places = [threads.load.admit(), threads.load.admit()];
        assert!(places.iter().all(Option::is_some));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let threads = threads(1, Duration::from_secs(2));
        let (release, blocked) = mpsc::channel::<()>();
        let mut first = pin!(threads.run(move |_| blocked.recv()));
        let mut second = pin!(threads.run(|_| ()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(second.as_mut().poll(&mut context).is_pending());
        assert!(matches!(threads.run(|_| ()).await, Err(HashError::Overloaded)));
        release.send(()).unwrap();
        assert!(first.await.is_ok());
        assert!(second.await.is_ok());
    }

    #[tokio::test]
    async fn a_job_that_nobody_waits_for_is_not_done() {
        let threads = threads(1, Duration::ZERO);
        let (release, blocked) = mpsc::channel::<()>();
        let done = Arc::new(());
        let (first_done, second_done) = (Arc::clone(&done), Arc::clone(&done));
        let (tell, told) = mpsc::channel::<Arc<()>>();
        let tell_too = tell.clone();
        {
            let mut first = Box::pin(threads.run(move |_| {
                let _ = blocked.recv();
                tell.send(first_done).unwrap();
            }));
            assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            assert!(poll_once(threads.run(move |_| tell_too.send(second_done).unwrap())).is_pending());
            release.send(()).unwrap();
            first.await.unwrap();
        }
        // The queue is served in order: when this one is done, the one before it has been passed over.
        threads.run(|_| ()).await.unwrap();
        assert_eq!(told.iter().count(), 1);
    }

    #[tokio::test]
    async fn a_panic_costs_its_own_answer_and_no_thread() {
        let threads = threads(1, Duration::ZERO);
        assert!(matches!(threads.run(|_| panic!("on purpose")).await, Err::<(), _>(HashError::Failed(_))));
        assert!(threads.run(|_| ()).await.is_ok());
    }

    /// What a thread keeps; when it is let go of, it says so.
    #[derive(Default)]
    struct Kept(Option<mpsc::Sender<()>>);

    impl Drop for Kept {
        fn drop(&mut self) {
            self.0.take().map(|told| told.send(()));
        }
    }

    /// A job for each thread, none of which ends before every thread has one.
    async fn occupy(threads: &HashingThreads<Kept>, kept: &mpsc::Sender<()>) {
        let everyone = Arc::new(Barrier::new(2));
        let job = || {
            let (everyone, kept) = (Arc::clone(&everyone), kept.clone());
            threads.run(move |memory: &mut Kept| {
                memory.0 = Some(kept);
                everyone.wait();
            })
        };
        let (one, other) = tokio::join!(job(), job());
        one.and(other).unwrap();
    }

    #[tokio::test]
    async fn no_idle_thread_keeps_its_memory() {
        let threads = HashingThreads::start(2, Duration::ZERO, Duration::from_millis(1)).unwrap();
        for _ in 0..2 {
            let (kept, let_go) = mpsc::channel();
            occupy(&threads, &kept).await;
            for thread in 1..=2 {
                assert_eq!(let_go.recv_timeout(Duration::from_secs(30)), Ok(()), "thread {thread}");
            }
        }
    }

    #[tokio::test]
    async fn a_thread_keeps_its_memory_from_one_job_to_the_next_and_not_beyond_its_end() {
        let threads = HashingThreads::start(1, Duration::ZERO, Duration::MAX).unwrap();
        let (kept, let_go) = mpsc::channel();
        threads.run(move |memory: &mut Kept| memory.0 = Some(kept)).await.unwrap();
        assert!(threads.run(|memory| memory.0.is_some()).await.unwrap());
        assert_eq!(let_go.try_recv(), Err(TryRecvError::Empty));
        drop(threads);
        assert_eq!(let_go.try_recv(), Ok(()));
    }

    #[tokio::test]
    async fn the_threads_end_with_the_pool() {
        thread_local!(static ALIVE: RefCell<Option<mpsc::Sender<()>>> = const { RefCell::new(None) });
        let threads = threads(1, Duration::ZERO);
        let (alive, ended) = mpsc::channel();
        threads.run(|_| ALIVE.set(Some(alive))).await.unwrap();
        assert_eq!(ended.try_recv(), Err(TryRecvError::Empty));
        drop(threads);
        assert_eq!(ended.try_recv(), Err(TryRecvError::Disconnected));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn hashing_threads_yield_to_others_and_slow_nobody_else() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let before = priority();
        let threads = threads(1, Duration::ZERO);
        assert_eq!(threads.run(move |_| priority()).await.unwrap(), 10.max(before));
        assert_eq!(priority(), before);
    }
}
