//! Random changes to seeds, the same for the same beginning.

/// xorshift64*.
pub(super) struct Mutator(u64);

impl Mutator {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A seed with a few changes: bytes set, flipped, removed, repeated, cut off, words put in,
    /// another seed's piece spliced in, or something of no seed at all.
    pub(super) fn change(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        if self.below(40) == 0 {
            bytes = (0..self.below(64)).map(|_| self.below(256) as u8).collect();
        }
        let changes = 1 << self.below(5);
        for _ in 0..changes {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(16)).min(bytes.len());
            match self.below(8) {
                0 if at < bytes.len() => bytes[at] = WORDS[self.below(WORDS.len())][0],
                1 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                2 => drop(bytes.drain(at..end)),
                3 => {
                    let word = WORDS[self.below(WORDS.len())];
                    drop(bytes.splice(at..at, word.iter().copied()));
                }
                4 => {
                    let piece = bytes[at..end].to_vec();
                    drop(bytes.splice(at..at, piece));
                }
                5 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    let to = (from + self.below(40)).min(other.len());
                    drop(bytes.splice(at..end, other[from..to].iter().copied()));
                }
                6 if self.below(4) == 0 => bytes.truncate(at),
                // Rarely, a great deal of one byte: the limits.
                7 if self.below(200) == 0 && at < bytes.len() => {
                    let many = vec![bytes[at]; self.below(80_000)];
                    drop(bytes.splice(at..at, many));
                }
                _ => {}
            }
        }
        bytes
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound.max(1)
    }
}

/// What the formats are made of, and what breaks terminals and readers.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b".",
    b"=",
    b"&",
    b"%",
    b"#",
    b"<",
    b">",
    b";",
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b"'",
    b"-1",
    b"0",
    b"1e999",
    b"18446744073709551616",
    b"null",
    b"true",
    b"\x1b[2J",
    b"\xc2\x9b",
    b"\xe2\x80\xae",
    b"\xe2\x80\xa8",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
    b"\\ud800",
    b"\\u0000",
    b"\"\"\"",
    b"'''",
    b"..",
    b"/",
    b"@",
    b"%00",
    b"%0a",
    b"+",
    b"=cmd()",
    b"[token]\n",
    b"Host: ",
    b"HTTP/1.1",
    b"rel=next",
];
