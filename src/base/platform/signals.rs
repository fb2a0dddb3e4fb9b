//! Signals that end a process: received as values, and passed on as the system would have.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

pub use imp::{Signal, Signals};

static ARRIVED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Whether a handled signal has come, even if nobody has received it from [`Signals`] yet.
pub fn arrived() -> bool {
    ARRIVED.get().is_some_and(|arrived| arrived.load(Ordering::SeqCst))
}

fn arrival() -> Arc<AtomicBool> {
    Arc::clone(ARRIVED.get_or_init(Arc::default))
}

#[cfg(unix)]
mod imp {
    use std::io;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    /// SIGINT, SIGTERM or SIGHUP.
    #[derive(Clone, Copy, Debug)]
    pub struct Signal(i32);

    impl Signal {
        /// Whether a person pressed Ctrl-C.
        pub fn is_interrupt(self) -> bool {
            self.0 == SIGINT
        }

        /// Ends the process as the signal does without a handler. A shell sees that it was
        /// interrupted and stops its loop, which no exit code tells it.
        pub fn die(self) -> ! {
            let _ = signal_hook::low_level::emulate_default_handler(self.0);
            std::process::exit(128 + self.0)
        }
    }

    /// The signals that have come.
    pub struct Signals(signal_hook::iterator::Signals);

    impl Signals {
        /// Handles the signals from here on. One that is ignored stays so: `nohup` asks for that,
        /// and shells for commands in the background.
        ///
        /// # Errors
        /// The system's.
        pub fn open() -> io::Result<Self> {
            let ignored = ignored();
            let handled = [SIGINT, SIGTERM, SIGHUP]
                .into_iter()
                .filter(|signal| ignored & (1 << (signal - 1)) == 0);
            let signals = signal_hook::iterator::Signals::new(handled.clone())?;
            for signal in handled {
                signal_hook::flag::register(signal, super::arrival())?;
            }
            Ok(Self(signals))
        }

        /// Waits for the next one; `None` if there will be none.
        pub fn wait(&mut self) -> Option<Signal> {
            self.0.forever().next().map(Signal)
        }

        /// The next one, if it has come already.
        pub fn pending(&mut self) -> Option<Signal> {
            self.0.pending().next().map(Signal)
        }
    }

    /// The signals that this process ignores, as bits from signal 1 on. Only Linux can be asked
    /// without unsafe code; elsewhere none counts as ignored.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}

#[cfg(windows)]
mod imp {
    use std::io;
    use std::sync::atomic::Ordering;
    use std::sync::mpsc::{Receiver, channel};

    /// Ctrl-C, Ctrl-Break, or a console that closes.
    #[derive(Clone, Copy, Debug)]
    pub struct Signal;

    impl Signal {
        /// Whether a person pressed Ctrl-C. The three cannot be told apart.
        pub fn is_interrupt(self) -> bool {
            true
        }

        /// Ends the process.
        pub fn die(self) -> ! {
            std::process::exit(130)
        }
    }

    /// The signals that have come.
    pub struct Signals(Receiver<()>);

    impl Signals {
        /// Handles the signals from here on.
        ///
        /// # Errors
        /// The system's.
        pub fn open() -> io::Result<Self> {
            let (sender, receiver) = channel();
            let arrived = super::arrival();
            ctrlc::set_handler(move || {
                arrived.store(true, Ordering::SeqCst);
                // Nobody receives it only while the process ends.
                let _ = sender.send(());
            })
            .map_err(io::Error::other)?;
            Ok(Self(receiver))
        }

        /// Waits for the next one; `None` if there will be none.
        pub fn wait(&mut self) -> Option<Signal> {
            self.0.recv().ok().map(|()| Signal)
        }

        /// The next one, if it has come already.
        pub fn pending(&mut self) -> Option<Signal> {
            self.0.try_recv().ok().map(|()| Signal)
        }
    }
}
