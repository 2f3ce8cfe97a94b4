//! Keys from the bytes of stdin, which is a terminal in raw mode.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read, retry_on_intr};
use signal_hook::consts::signal::SIGWINCH;
use signal_hook::low_level::pipe;

use super::decoder::Decoder;
use crate::terminal::key::Key;

/// Time in which the rest of a sequence follows its first byte, also over a slow connection.
const PAUSE: Duration = Duration::from_millis(200);

/// Time in which keys that were typed earlier are available.
const EARLIER: Duration = Duration::from_millis(5);

/// Input that the process has read, for this prompt and later ones.
static INPUT: Mutex<Option<Input>> = Mutex::new(None);

struct Input {
    terminal: OwnedFd,
    decoder: Decoder,
    keys: VecDeque<Key>,
    /// Contains a byte after a change of the window size.
    resized: UnixStream,
}

/// Returns the keys that were typed before.
pub(super) fn earlier() -> io::Result<Vec<Key>> {
    with_input(|input| {
        while !input.keys.contains(&Key::Interrupt) && input.receive(Some(EARLIER))? {}
        input.complete()?;
        Ok(input.keys.drain(..).collect())
    })
}

/// Waits for the next key. The end of the input interrupts the program like Ctrl-C.
pub(super) fn next() -> io::Result<Option<Key>> {
    with_input(|input| {
        while input.keys.is_empty() {
            input.complete()?;
            if input.keys.is_empty() {
                input.receive(None)?;
            }
        }
        Ok(input.keys.pop_front())
    })
}

pub(super) fn has_next() -> io::Result<bool> {
    with_input(|input| {
        input.receive(Some(Duration::ZERO))?;
        Ok(!input.keys.is_empty())
    })
}

fn with_input<T>(read: impl FnOnce(&mut Input) -> io::Result<T>) -> io::Result<T> {
    let mut input = INPUT.lock().unwrap_or_else(PoisonError::into_inner);
    let input = match &mut *input {
        Some(input) => input,
        none => none.insert(Input::open(io::stdin().as_fd().try_clone_to_owned()?)?),
    };
    read(input)
}

impl Input {
    fn open(terminal: OwnedFd) -> io::Result<Self> {
        let (resized, sender) = UnixStream::pair()?;
        resized.set_nonblocking(true)?;
        pipe::register(SIGWINCH, sender)?;
        Ok(Self {
            terminal,
            decoder: Decoder::default(),
            keys: VecDeque::new(),
            resized,
        })
    }

    /// Waits for the rest of an incomplete key.
    fn complete(&mut self) -> io::Result<()> {
        while self.decoder.is_incomplete() && self.keys.is_empty() {
            if !self.receive(Some(PAUSE))? {
                self.keys.extend(self.decoder.pause());
                break;
            }
        }
        Ok(())
    }

    /// Waits for bytes or another size of the window. Returns false after `timeout`.
    fn receive(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: 0,
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let mut ready = [
            PollFd::new(&self.terminal, PollFlags::IN),
            PollFd::new(&self.resized, PollFlags::IN),
        ];
        let count = retry_on_intr(|| poll(&mut ready, timeout.as_ref()))?;
        let [has_bytes, is_resized] = ready.map(|it| !it.revents().is_empty());
        if is_resized {
            retry_on_intr(|| read(&self.resized, &mut [0; 64]))?;
            self.keys.push_back(Key::Resized);
        }
        if has_bytes {
            self.read()?;
        }
        Ok(count > 0)
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; 1024];
        match retry_on_intr(|| read(&self.terminal, &mut bytes)) {
            // The terminal is gone.
            Ok(0) | Err(Errno::IO) => self.keys.push_back(Key::Interrupt),
            Ok(length) => self.keys.extend(self.decoder.decode(&bytes[..length])),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write as _};

    use super::{Input, Key};

    #[test]
    fn the_end_of_the_input_interrupts() {
        let (terminal, mut keyboard) = io::pipe().unwrap();
        let mut input = Input::open(terminal.into()).unwrap();
        keyboard.write_all(b"a\x1b[A").unwrap();
        drop(keyboard);
        while !input.keys.contains(&Key::Interrupt) {
            assert!(input.receive(None).unwrap());
        }
        let expected = [Key::Text("a".to_owned()), Key::Up, Key::Interrupt];
        assert_eq!(input.keys, expected);
    }
}
