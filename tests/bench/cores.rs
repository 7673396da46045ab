//! Where a process runs: what is measured has one core, and whoever measures another.

use std::{
    process::{Child, Command},
    thread,
};

use anyhow::{Result, anyhow};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// A core of this machine.
#[derive(Clone, Copy)]
pub(crate) struct Core(usize);

impl Core {
    /// Two that this process may use.
    pub(crate) fn two() -> Result<[Self; 2]> {
        let allowed = sched_getaffinity(None)?;
        let cores: Vec<_> = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core)).take(2).map(Self).collect();
        cores.try_into().map_err(|_| anyhow!("this is measured on two cores, and there is one"))
    }

    /// Starts a process that never leaves this core.
    pub(crate) fn spawn(self, mut command: Command) -> Result<Child> {
        // A process begins where the thread that starts it may run.
        self.run(move || Ok(command.spawn()?))
    }

    /// Does this on a thread that never leaves this core.
    pub(crate) fn run<T: Send + 'static>(self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let pinned = move || {
            let mut only = CpuSet::new();
            only.set(self.0);
            sched_setaffinity(None, &only)?;
            work()
        };
        thread::spawn(pinned).join().map_err(|_| anyhow!("a thread panicked"))?
    }
}
