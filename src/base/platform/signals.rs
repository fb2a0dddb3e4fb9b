//! Signals that end a process. They are received as values, and can be passed on with their default
//! effect.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use imp::{Signal, Signals};

/// Whether a process that Ctrl-C ends by the system's default has an exit code other than ours.
pub(crate) const DEFAULT_HAS_NO_EXIT_CODE: bool = cfg!(windows);

static ARRIVED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Whether a handled signal has arrived, even if it was not yet received from [`Signals`].
pub(crate) fn arrived() -> bool {
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
    pub(crate) struct Signal(i32);

    impl Signal {
        /// Whether a person pressed Ctrl-C.
        pub(crate) fn is_interrupt(self) -> bool {
            self.0 == SIGINT
        }

        /// Ends the process with the signal's default effect. A shell then knows about the
        /// interrupt and stops its loop, which no exit code can achieve.
        pub(crate) fn die(self) -> ! {
            let _ = signal_hook::low_level::emulate_default_handler(self.0);
            std::process::exit(128 + self.0)
        }
    }

    /// Receives signals.
    pub(crate) struct Signals(signal_hook::iterator::Signals);

    impl Signals {
        /// Starts to handle signals. Signals that are ignored stay ignored, as `nohup` and
        /// background commands of a shell require.
        ///
        /// # Errors
        /// Any error of the system.
        pub(crate) fn open() -> io::Result<Self> {
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

        /// Waits for the next signal. `None` if there cannot be another.
        pub(crate) fn wait(&mut self) -> Option<Signal> {
            self.0.forever().next().map(Signal)
        }

        /// The next signal, if one has arrived.
        pub(crate) fn pending(&mut self) -> Option<Signal> {
            self.0.pending().next().map(Signal)
        }
    }

    /// The signals that this process ignores, as bits from signal 1 on. Only Linux reports them
    /// without unsafe code; elsewhere the result is 0.
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
    pub(crate) struct Signal;

    impl Signal {
        /// Whether a person pressed Ctrl-C. Windows does not distinguish the three events.
        pub(crate) fn is_interrupt(self) -> bool {
            true
        }

        /// Ends the process.
        pub(crate) fn die(self) -> ! {
            std::process::exit(130)
        }
    }

    /// Receives signals.
    pub(crate) struct Signals(Receiver<()>);

    impl Signals {
        /// Starts to handle signals.
        ///
        /// # Errors
        /// Any error of the system.
        pub(crate) fn open() -> io::Result<Self> {
            let (sender, receiver) = channel();
            let arrived = super::arrival();
            ctrlc::set_handler(move || {
                arrived.store(true, Ordering::SeqCst);
                // Fails only while the process is ending.
                let _ = sender.send(());
            })
            .map_err(io::Error::other)?;
            Ok(Self(receiver))
        }

        /// Waits for the next signal. `None` if there cannot be another.
        pub(crate) fn wait(&mut self) -> Option<Signal> {
            self.0.recv().ok().map(|()| Signal)
        }

        /// The next signal, if one has arrived.
        pub(crate) fn pending(&mut self) -> Option<Signal> {
            self.0.try_recv().ok().map(|()| Signal)
        }
    }
}
