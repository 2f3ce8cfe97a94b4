//! Receipt of signals, among them SIGPIPE.

use std::io;
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;
use signal_hook::iterator::backend::{Pending, SignalDelivery};
use signal_hook::iterator::exfiltrator::origin::WithOrigin;

const MAX_WAIT: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

/// Receiver of signals through a socket to which their handler writes.
///
/// The socket stays readable until no handler can write to it any more. Otherwise the write would raise
/// SIGPIPE, whose handler would write again, without end.
#[derive(Debug)]
pub(super) struct Receiver {
    // Dropped first. Drop removes the handlers, and waits for those that run.
    delivery: SignalDelivery<UnixStream, WithOrigin>,
    _readable: UnixStream,
}

impl Receiver {
    pub(super) fn of(signals: impl IntoIterator<Item = i32>) -> io::Result<Self> {
        let (read, write) = UnixStream::pair()?;
        let receiver = Self {
            _readable: read.try_clone()?,
            delivery: SignalDelivery::with_pipe::<[i32; 0], i32, _>(
                read,
                write,
                WithOrigin::default(),
                [],
            )?,
        };
        receiver.add(signals)?;
        Ok(receiver)
    }

    pub(super) fn add(&self, signals: impl IntoIterator<Item = i32>) -> io::Result<()> {
        let handle = self.delivery.handle();
        let mut signals = signals.into_iter();
        signals.try_for_each(|signal| handle.add_signal(signal))
    }

    /// Returns the signals that have arrived.
    pub(super) fn pending(&mut self) -> Pending<WithOrigin> {
        self.delivery.pending()
    }

    /// Waits for signals, for at most a second: the caller of this program may have blocked SIGCHLD.
    pub(super) fn wait(&mut self) -> io::Result<Pending<WithOrigin>> {
        let mut watched = [PollFd::new(self.delivery.get_read(), PollFlags::IN)];
        retry_on_intr(|| poll(&mut watched, Some(&MAX_WAIT)))?;
        Ok(self.pending())
    }
}
