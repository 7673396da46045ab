//! Threads that do nothing but hash.
//!
//! Hashing on the threads that serve requests makes every other request wait for it; on a runtime's blocking threads
//! it takes as much memory as there are requests. A thread a core, at a lower priority and with memory of its own,
//! hashes as fast as the machine can and is not felt by anyone else.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use doorward_application::ports::HashError;
use tokio::sync::oneshot;

use super::argon2::Memory;

/// How long a job may have to wait. Longer is refused at once: a person has given up by then, and a client that is
/// told so can come back.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How long a thread keeps its memory without work.
const IDLE: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// The threads and the queue before them. Dropped, it waits for the jobs at work and ends the threads.
pub(super) struct HashingThreads {
    jobs: Option<Sender<Job>>,
    load: Arc<Load>,
    threads: Vec<JoinHandle<()>>,
}

impl HashingThreads {
    /// Starts this many threads. `expected` is how long a job will take, until it is known.
    pub(super) fn start(count: usize, expected: Duration) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let load = Arc::new(Load::new(count, expected));
        let mut started = Self { jobs: Some(jobs), load, threads: Vec::with_capacity(count) };
        for number in 0..count {
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name(format!("hashing-{number}"));
            started.threads.push(thread.spawn(move || serve(&queue))?);
        }
        Ok(started)
    }

    /// Has a thread do this, unless that would have to wait too long. If nobody waits for the answer any more when
    /// its turn comes, it is not done.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let failed = |what: &str| HashError::Failed(what.to_owned());
        let place = self.load.admit().ok_or(HashError::Overloaded)?;
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |memory| {
            if reply.is_closed() {
                return;
            }
            let began = Instant::now();
            let result = work(memory);
            place.0.learn(began.elapsed());
            // Before the answer: who asks again with it finds the place free.
            drop(place);
            let _ = reply.send(result);
        });
        let jobs = self.jobs.as_ref().ok_or_else(|| failed("the hashing threads have ended"))?;
        jobs.send(job).map_err(|_| failed("the hashing threads have ended"))?;
        answer.await.map_err(|_| failed("a hash panicked"))
    }
}

impl Drop for HashingThreads {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What a hashing thread does until the queue is closed.
fn serve(queue: &Mutex<Receiver<Job>>) {
    lower_priority();
    let mut memory = Memory::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(IDLE);
        match next {
            Ok(job) => {
                // A hash that panics takes its answer with it, not the thread.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
            }
            Err(RecvTimeoutError::Timeout) => memory.release(),
            Err(RecvTimeoutError::Disconnected) => return,
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

/// How much there is to do.
struct Load {
    threads: u64,
    /// Jobs that wait or are being done.
    jobs: AtomicU64,
    /// How long a job takes, in nanoseconds: a moving average.
    nanos: AtomicU64,
}

impl Load {
    fn new(threads: usize, expected: Duration) -> Self {
        let nanos = AtomicU64::new(as_nanos(expected));
        Self { threads: u64::try_from(threads).unwrap_or(u64::MAX), jobs: AtomicU64::new(0), nanos }
    }

    /// A place for one more job, unless it would have to wait longer than it may.
    fn admit(self: &Arc<Self>) -> Option<Place> {
        let nanos = self.nanos.load(Ordering::Relaxed);
        let one_more = |jobs: u64| {
            let before_it = (jobs + 1).saturating_sub(self.threads);
            let wait = before_it.saturating_mul(nanos) / self.threads;
            (wait <= as_nanos(MAX_WAIT)).then_some(jobs + 1)
        };
        self.jobs.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Place(Arc::clone(self)))
    }

    /// Lets an eighth of the average be the latest job's.
    fn learn(&self, took: Duration) {
        let average = self.nanos.load(Ordering::Relaxed);
        // Two threads at once may lose one of two lessons, and the next will do.
        self.nanos.store(average - average / 8 + as_nanos(took) / 8, Ordering::Relaxed);
    }
}

/// A job's place in the queue and at work. Dropped, it is free.
struct Place(Arc<Load>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.jobs.fetch_sub(1, Ordering::Relaxed);
    }
}

fn as_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{
        cell::RefCell,
        pin::pin,
        sync::{
            Arc,
            mpsc::{self, TryRecvError},
        },
        task::{Context, Poll, Waker},
        time::Duration,
    };

    use doorward_application::ports::HashError;

    use super::{HashingThreads, Load};

    fn threads(count: usize, expected: Duration) -> HashingThreads {
        HashingThreads::start(count, expected).unwrap()
    }

    /// Asks, and does not wait for the answer.
    fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_job_that_would_wait_longer_than_two_seconds_is_refused() {
        let load = Arc::new(Load::new(2, Duration::from_millis(100)));
        // Two at work, and forty that wait for up to two seconds.
        let mut places: Vec<_> = (0..42).map(|_| load.admit().unwrap()).collect();
        assert!(load.admit().is_none());
        places.pop();
        assert!(load.admit().is_some());
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
