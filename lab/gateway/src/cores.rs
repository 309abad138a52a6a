//! Which processor cores are used: one for the proxies, and another for everything else.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Error;

/// The two.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cores {
    pub(crate) load: usize,
    pub(crate) proxy: usize,
}

impl Cores {
    /// The first and the last that this process may use; on a machine with one core, both are that one.
    pub(crate) fn choose() -> Result<Self, Error> {
        let allowed = sched_getaffinity(None)?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
        let load = cores.next().ok_or("this process may use no core")?;
        Ok(Self { load, proxy: cores.next_back().unwrap_or(load) })
    }

    /// Keeps this thread, and what it starts from now on, on a core.
    pub(crate) fn stay_on(core: usize) -> Result<(), Error> {
        let mut one = CpuSet::new();
        one.set(core);
        Ok(sched_setaffinity(None, &one)?)
    }
}
