//! Lines of CSV and TSV.

use crate::base::escape;

/// The first characters of a cell that a spreadsheet may read as a formula. Some spreadsheets skip
/// leading white space, and full-width forms are read like the normal ones.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A dialect of delimited text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    /// TSV: tabs and backslash escapes instead of commas and quotes.
    pub(super) tabs: bool,
    /// The output is a terminal, so control characters are escaped.
    pub(super) terminal: bool,
    /// Cells that a spreadsheet would read as a formula get a leading `'`.
    pub(super) safe: bool,
}

/// One cell of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    pub(super) text: &'a str,
    /// A JSON number. `-1` is not a formula.
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

    /// Ends the line in `out`.
    pub(super) fn end_line(self, out: &mut String) {
        if self.tabs {
            out.push('\n');
            return;
        }
        // Readers skip blank lines, so a single empty cell is quoted.
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
