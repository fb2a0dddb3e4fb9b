//! Random hostile rows.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::base::test_random::Random;

/// A source of random hostile rows.
pub(super) struct Dice(Random);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub(super) fn text(&mut self) -> String {
        const PARTS: &[&str] = &[
            "a",
            "Z9",
            " ",
            "  ",
            ",",
            "\"",
            "\"\"",
            "\r\n",
            "\n",
            "\t",
            "\\",
            "\\n",
            "\x1b[2J",
            "\u{9b}",
            "\0",
            "\x7f",
            "\u{202e}",
            "\u{200f}",
            "\u{feff}",
            "\u{2028}",
            "日本",
            "é",
            "e\u{301}",
            "👩\u{200d}🔬",
            "☺\u{fe0f}",
            "🇫🇷",
            "لا",
            "=1+1",
            "+",
            "-",
            "@",
            "'",
            "…",
            "long words that need room",
            "\u{300}",
            "{}",
            "[redacted]",
        ];
        (0..self.below(5)).map(|_| self.pick(PARTS)).collect()
    }

    pub(super) fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 6 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(i64::try_from(self.below(2000)).unwrap() - 1000),
            3 => json!(f64::from(u32::try_from(self.below(1000)).unwrap()) / 8.0),
            6 | 7 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            8 => self.object(depth - 1),
            _ => json!(self.text()),
        }
    }

    pub(super) fn object(&mut self, depth: usize) -> Value {
        let mut map = Map::new();
        for key in ["id", "name", "n.m", "list", "deep"] {
            if self.below(5) > 0 {
                map.insert(key.to_owned(), self.value(depth));
            }
        }
        if self.below(3) == 0 {
            map.insert(self.text(), self.value(depth));
        }
        Value::Object(map)
    }

    /// Rows of a list, as compact or as indented text.
    pub(super) fn rows(&mut self) -> (Vec<Value>, Vec<Box<RawValue>>) {
        let values: Vec<_> = (0..self.below(6)).map(|_| self.object(3)).collect();
        let rows = values.iter().map(|value| {
            let text = if self.below(2) == 0 {
                value.to_string()
            } else {
                serde_json::to_string_pretty(value).unwrap()
            };
            RawValue::from_string(text).unwrap()
        });
        let rows = rows.collect();
        (values, rows)
    }
}
