//! Properties of the parsers of response headers.

use std::time::Duration;

use auth0_suite::http::clock::{http_date, retry_wait};
use auth0_suite::http::headers::next_link;

use super::input::Input;

/// A next link is part of the header and of one link only. A wait is what the headers ask for, and
/// never in the past. A formatted date parses as itself.
pub(crate) fn response_headers(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (link, retry_after, reset) = (input.text(), input.text(), input.text());
    if let Some(target) = next_link(&link) {
        assert!(!target.contains('>'));
        assert!(link.contains(&format!("<{target}>")), "{target:?} is not in {link:?}");
        assert!(link.to_ascii_lowercase().contains("next"));
    }
    const NOW: i64 = 1_700_000_000;
    for now in [0, NOW, i64::MAX] {
        let told = retry_wait(Some(&retry_after), Some(&reset), now);
        if let Ok(seconds) = retry_after.parse::<u64>()
            && retry_after.bytes().all(|byte| byte.is_ascii_digit())
            && seconds > 0
        {
            assert_eq!(told, Some(Duration::from_secs(seconds)), "{retry_after:?}");
        }
        assert!(told.is_none_or(|told| !told.is_zero()) || retry_after.trim() == "0", "{told:?}");
    }
    if let Some(time) = http_date(&retry_after) {
        assert!((-62_200_000_000..=253_402_300_799).contains(&time), "{retry_after:?} → {time}");
    }
}
