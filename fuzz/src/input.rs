//! Splits the fuzzer's bytes into inputs.

/// The remaining bytes. After the end there are zeros.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(crate) fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.byte()) % from.len()]
    }

    /// The bytes up to the next zero byte, which is skipped.
    pub(crate) fn part(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0);
        let (part, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest.get(1..).unwrap_or_default();
        part
    }

    pub(crate) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.part()).into_owned()
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// Checks that a text is safe for a terminal: no C0 or C1 control except the line feed, no
/// bidirectional control, no line or paragraph separator. The list is independent of the suite's
/// own, so that gaps there are found.
pub(crate) fn assert_harmless(text: &str) {
    for c in text.chars().filter(|c| *c != '\n') {
        let obeyed = c.is_control()
            || matches!(u32::from(c), 0x61c | 0x200e | 0x200f | 0x2028..=0x202e | 0x2066..=0x2069);
        assert!(!obeyed, "{c:?} reaches the terminal in {text:?}");
    }
}
