//! Properties of domains, to which tokens are sent, and of profile names, which are file names.

use std::path::{Component, Path};

use auth0_suite::base::domain::Domain;
use auth0_suite::profile::ProfileName;

/// An accepted domain parses again as itself. A URL made from it has only that host, and plain HTTP
/// only for this machine. An accepted profile name is a single file name.
pub(crate) fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(domain) = Domain::parse(&text) {
        assert_eq!(Domain::parse(&domain.to_string()).as_ref().ok(), Some(&domain));
        assert_eq!(Domain::parse(&domain.origin()).as_ref().ok(), Some(&domain));
        for url in [domain.origin(), domain.issuer(), domain.management_audience()] {
            let uri: ureq::http::Uri = url.parse().expect("an address");
            let authority = uri.authority().expect("a host").as_str();
            assert_eq!(authority, domain.authority(), "{url}");
            assert!(!authority.contains('@'), "{url}");
            let host = uri.host().expect("a host");
            let local = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
            assert!(uri.scheme_str() == Some("https") || local, "{url}");
            let typed = text.to_ascii_lowercase();
            assert!(typed.contains(host), "{host} was never typed: {text:?}");
        }
    }
    if let Ok(name) = ProfileName::parse(&text) {
        assert_eq!(name.as_str(), text);
        let file = format!("{name}.toml");
        let mut components = Path::new(&file).components();
        assert!(matches!(components.next(), Some(Component::Normal(_))));
        assert_eq!(components.next(), None);
        assert_eq!(ProfileName::parse(&name.key()).expect("a name").key(), name.key());
        assert!(file.is_ascii() && file.len() <= 69 && !file.starts_with(['.', '-']));
    }
}
