//! The binaries, with an emptied environment and a tenant of their own.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use auth0_emulator::{Config, Emulator, Recorded};
use serde_json::Value;

/// All that these commands may need.
const SCOPE: &str = "read:clients create:clients update:clients delete:clients update:client_keys \
    read:connections read:connections_options create:connections update:connections \
    update:connections_options delete:connections";

/// A tenant, and who acts on it.
pub(crate) struct Tenant {
    pub(crate) emulator: Emulator,
    token: String,
    scopes: Vec<&'static str>,
    home: tempdir::Home,
}

/// What a command did.
pub(crate) struct Ran {
    args: String,
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Tenant {
    /// A tenant over TLS.
    pub(crate) fn new() -> Self {
        Self::with(Config { tls: true, ..Config::default() })
    }

    pub(crate) fn with(config: Config) -> Self {
        let emulator = Emulator::start(config).unwrap();
        let token = emulator.access_token(SCOPE, None, 3600);
        let scopes = SCOPE.split_whitespace().collect();
        Self { emulator, token, scopes, home: tempdir::Home::new() }
    }

    /// The same, but the token lacks these scopes.
    pub(crate) fn without(mut self, scopes: &[&str]) -> Self {
        self.scopes.retain(|scope| !scopes.contains(scope));
        self.token = self.emulator.access_token(&self.scopes.join(" "), None, 3600);
        self
    }

    /// The same, and the token has this scope too.
    pub(crate) fn also(mut self, scope: &'static str) -> Self {
        self.scopes.push(scope);
        self.without(&[])
    }

    pub(crate) fn command(&self, binary: &str, args: &[&str]) -> Command {
        let program = match binary {
            "clients" => env!("CARGO_BIN_EXE_auth0-clients"),
            _ => env!("CARGO_BIN_EXE_auth0-connections"),
        };
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .env("AUTH0_CONFIG_DIR", self.home.path())
            .env("HOME", self.home.path())
            .env("AUTH0_DOMAIN", self.emulator.domain())
            .env("AUTH0_ACCESS_TOKEN", &self.token)
            .stdin(Stdio::null());
        if let Some(ca) = self.emulator.ca_file() {
            command.env("SSL_CERT_FILE", ca);
        }
        command
    }

    pub(crate) fn clients(&self, args: &[&str]) -> Ran {
        Ran::of(args, &self.command("clients", args).output().unwrap())
    }

    pub(crate) fn connections(&self, args: &[&str]) -> Ran {
        Ran::of(args, &self.command("connections", args).output().unwrap())
    }

    /// With something on stdin.
    pub(crate) fn piped(&self, binary: &str, args: &[&str], input: &str) -> Ran {
        let mut command = self.command(binary, args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran::of(args, &child.wait_with_output().unwrap())
    }

    /// The requests since the last call that were no GET.
    pub(crate) fn writes(&self) -> Vec<Recorded> {
        let writes = self.emulator.requests().into_iter().filter(|request| request.method != "GET");
        let writes = writes.collect();
        self.emulator.forget_requests();
        writes
    }

    /// The only write since the last call, and its body.
    pub(crate) fn write(&self) -> (String, Value) {
        let mut writes = self.writes();
        assert_eq!(writes.len(), 1, "{writes:?}");
        let write = writes.remove(0);
        let body = if write.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&write.body).unwrap()
        };
        (format!("{} {}", write.method, write.path), body)
    }
}

impl Ran {
    fn of(args: &[&str], output: &Output) -> Self {
        Self {
            args: args.join(" "),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// Fails unless it ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// Fails unless stderr has this in it.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr lacks {text:?}: {self:?}");
        self
    }

    /// Fails if either stream has this in it.
    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        assert!(
            !self.stderr.contains(text) && !self.stdout.contains(text),
            "{text:?} is shown: {self:?}"
        );
        self
    }

    /// Stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Stdout's lines.
    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}

impl std::fmt::Debug for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cut = |text: &str| text.chars().take(3000).collect::<String>();
        write!(
            f,
            "{} → {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.args,
            self.code,
            cut(&self.stdout),
            cut(&self.stderr)
        )
    }
}

mod tempdir {
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A folder that goes with its owner.
    pub(super) struct Home(PathBuf);

    impl Home {
        pub(super) fn new() -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir()
                .join(format!("auth0-resources-{}-{number}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        pub(super) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
