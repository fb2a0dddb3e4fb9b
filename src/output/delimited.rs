//! Lines of CSV and TSV.

use crate::base::escape;

/// How a cell begins that a spreadsheet may read as a formula. White space in front is dropped by
/// some, and full-width forms are read like the narrow ones.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A kind of delimited text, and how careful it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    /// Tabs and backslash escapes instead of commas and quotes.
    pub(super) tabs: bool,
    /// The output is a terminal: control characters are shown.
    pub(super) terminal: bool,
    /// A cell that would be a formula gets a leading `'`.
    pub(super) safe: bool,
}

/// One cell of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    pub(super) text: &'a str,
    /// A JSON number: `-1` is no formula.
    pub(super) is_number: bool,
}

impl Dialect {
    /// Appends the cell at index `at` of its line.
    pub(super) fn push_cell(self, at: usize, cell: Cell<'_>, out: &mut String) {
        if at > 0 {
            out.push(if self.tabs { '\t' } else { ',' });
        }
        let shown;
        let mut text = cell.text;
        let is_formula = text.starts_with(FORMULA);
        let prefix = if self.safe && is_formula && !cell.is_number { "'" } else { "" };
        if self.tabs {
            out.push_str(prefix);
            push_tsv(text, self.terminal, out);
            return;
        }
        if self.terminal {
            shown = escape::visible(text);
            text = &shown;
        }
        if text.contains([',', '"', '\r', '\n']) {
            out.push('"');
            out.push_str(prefix);
            for (part, piece) in text.split('"').enumerate() {
                if part > 0 {
                    out.push_str("\"\"");
                }
                out.push_str(piece);
            }
            out.push('"');
        } else {
            out.push_str(prefix);
            out.push_str(text);
        }
    }

    /// Ends the line that `out` holds.
    pub(super) fn end_line(self, out: &mut String) {
        if self.tabs {
            out.push('\n');
            return;
        }
        // A lone empty cell: readers skip blank lines, so it is quoted.
        if out.is_empty() {
            out.push_str("\"\"");
        }
        out.push_str("\r\n");
    }
}

fn push_tsv(text: &str, terminal: bool, out: &mut String) {
    let escaped = |c: char| matches!(c, '\t' | '\n' | '\r' | '\\');
    let mut rest = text;
    while let Some((plain, tail)) = rest.find(escaped).map(|at| rest.split_at(at)) {
        push_plain(plain, terminal, out);
        let mut chars = tail.chars();
        out.push_str(match chars.next() {
            Some('\t') => r"\t",
            Some('\n') => r"\n",
            Some('\r') => r"\r",
            _ => r"\\",
        });
        rest = chars.as_str();
    }
    push_plain(rest, terminal, out);
}

fn push_plain(text: &str, terminal: bool, out: &mut String) {
    if terminal {
        escape::push_visible(text, out);
    } else {
        out.push_str(text);
    }
}
