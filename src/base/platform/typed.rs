//! Reads lines from standard input, for a reader that must be able to stop.

#[cfg(unix)]
mod imp {
    use std::io;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    pub(super) fn read(bytes: &mut [u8], patience: Duration) -> io::Result<Option<usize>> {
        let stdin = rustix::stdio::stdin();
        let mut waited = [PollFd::new(&stdin, PollFlags::IN)];
        let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
        match poll(&mut waited, Some(&patience)) {
            Ok(0) | Err(Errno::INTR) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        // Do not read in the background: the input is for another program, and the terminal would
        // stop us.
        if rustix::termios::tcgetpgrp(stdin).is_ok_and(|group| group != rustix::process::getpgrp())
        {
            std::thread::sleep(Duration::from_millis(50));
            return Ok(None);
        }
        match rustix::io::read(stdin, bytes) {
            Ok(count) => Ok(Some(count)),
            Err(Errno::INTR | Errno::AGAIN) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(not(unix))]
mod imp {
    use std::io::{self, Read};
    use std::time::Duration;

    pub(super) fn read(bytes: &mut [u8], _: Duration) -> io::Result<Option<usize>> {
        io::stdin().lock().read(bytes).map(Some)
    }
}

/// Reads what was typed, bypassing any buffer. `None` if nothing arrived within `patience`, 0 bytes
/// at the end of the input. On systems that cannot wait for input, this blocks until some arrives.
pub(crate) fn read(
    bytes: &mut [u8],
    patience: std::time::Duration,
) -> std::io::Result<Option<usize>> {
    imp::read(bytes, patience)
}
