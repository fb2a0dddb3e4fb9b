//! The URL or file that a browser is opened with. On most systems other users can read a process's
//! arguments. The authorization URL holds `state`, `nonce` and the PKCE challenge: another user who
//! knows them could complete the login with an account of their own.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use crate::base::error::{Error, ErrorKind};
use crate::base::platform;
use crate::base::platform::desktop::{HANDOVER, Handover};
use crate::base::platform::peers;
use crate::login::tenant::random;
use crate::loopback::Listener;
use crate::oauth::pkce::RandomToken;

/// The text that replaces the authorization URL in a browser's arguments. If it names a file, the
/// file is removed when the value is dropped.
pub(super) struct BrowserTarget {
    text: String,
    _file: Option<RedirectFile>,
}

impl BrowserTarget {
    /// Makes the text for `url`. How depends on the system.
    ///
    /// # Errors
    /// Failure if other users could read or use the URL.
    pub(super) fn new(url: &str, listener: &mut Listener) -> Result<Self, Error> {
        let token = RandomToken::from_bytes(random()?);
        let no_target = |e: &std::io::Error| {
            Error::new(ErrorKind::Failure, "no browser was opened").caused_by(e)
        };
        match HANDOVER {
            Handover::OneTimeAddress => {
                if !listener.address().is_ok_and(peers::tells_peers) {
                    return Err(Error::new(ErrorKind::Failure, "no browser was opened").because(
                        "the system does not say which user a connection belongs to, so another \
                         user could take over the login",
                    ));
                }
                let text = listener.redirect_once(&token, url).map_err(|e| no_target(&e))?;
                Ok(Self { text, _file: None })
            }
            Handover::File => {
                let file = RedirectFile::create(&token, url).map_err(|e| no_target(&e))?;
                let text = file.path().to_str().map(str::to_owned).ok_or_else(|| {
                    Error::new(ErrorKind::Failure, "no browser was opened")
                        .because("the path of the temporary folder is not valid UTF-8")
                })?;
                Ok(Self { text, _file: Some(file) })
            }
            Handover::Url => Ok(Self { text: url.to_owned(), _file: None }),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

/// A page on disk that redirects to the authorization URL, in a folder of its own. Only this user
/// can read it. It is removed when the value is dropped.
struct RedirectFile {
    folder: PathBuf,
}

impl RedirectFile {
    fn create(token: &RandomToken, url: &str) -> std::io::Result<Self> {
        let name = format!("auth0-login-{}", token.secret().expose());
        let file = Self { folder: std::env::temp_dir().join(name) };
        platform::create_private_dirs(&file.folder)?;
        platform::create_private_file(&file.path())?.write_all(page(url).as_bytes())?;
        Ok(file)
    }

    fn path(&self) -> PathBuf {
        self.folder.join("login.html")
    }
}

impl Drop for RedirectFile {
    fn drop(&mut self) {
        // If the file cannot be removed, it is harmless, because its login has ended.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A page that redirects to `url` without a script.
fn page(url: &str) -> String {
    let url = url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Signing in</title>
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={url}">
<link rel="icon" href="data:,">
</head>
<body><p><a href="{url}">Go on to the login page</a></p></body>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://acme.eu.auth0.com/authorize?state=s&nonce=n\"<x";

    #[test]
    fn the_file_is_private_and_is_removed() {
        let file = RedirectFile::create(&RandomToken::from_bytes([7; 32]), URL).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        assert!(text.contains(
            r#"url=https://acme.eu.auth0.com/authorize?state=s&amp;nonce=n&quot;&lt;x">"#
        ));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(file.folder.clone()), mode(file.path())), (0o700, 0o600));
        }
        let folder = file.folder.clone();
        // Never write to an existing file, which may belong to another user.
        assert!(platform::create_private_file(&file.path()).is_err());
        drop(file);
        assert!(!folder.exists());
    }
}
