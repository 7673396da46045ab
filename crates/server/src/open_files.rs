//! How many files the process may have open: a connection is one.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many are wanted for all that is no client's connection.
const OTHERS: usize = 256;

/// Takes what the system lets the process have, which is often far more than it begins with, and says how many
/// connections of the wanted ones that allows.
pub(crate) fn allow(connections: usize) -> io::Result<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // None is no limit.
    let wanted = u64::try_from(connections.saturating_add(OTHERS)).unwrap_or(u64::MAX);
    if current.is_none_or(|current| current >= wanted) {
        return Ok(connections);
    }
    let given = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    setrlimit(Resource::Nofile, Rlimit { current: Some(given), maximum })?;
    if given >= wanted {
        return Ok(connections);
    }
    let given = usize::try_from(given).unwrap_or(usize::MAX);
    let allowed = given.saturating_sub(OTHERS).max(given / 2);
    tracing::warn!(
        allowed,
        wanted = connections,
        "fewer connections than http.max_connections: the limit of open files"
    );
    Ok(allowed)
}
