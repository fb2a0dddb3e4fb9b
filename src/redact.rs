//! stand-in
use std::borrow::Cow;
/// x
pub fn json(s: &str) -> Cow<'_, str> {
    Cow::Borrowed(s)
}
