//! Aligned columns.
//!
//! The first rows wait as rendered cells until there are enough of them to choose the widths from.
//! Then they are written, and every later row is written as it comes: memory stays flat however
//! long the list is. A later cell that is too wide is cut on a terminal and runs over in a pipe.

use std::collections::BTreeSet;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::Align;
use super::renderer::Shown;

/// Rows that wait, at most: two pages of a list.
const WAITING_ROWS: usize = 200;

/// Bytes of cells that wait, at most.
const WAITING_BYTES: usize = 1 << 20;

const GAP: usize = 2;
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31;1m";
const PLAIN: &str = "\x1b[0m";

/// A table on its way to a writer.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The cells of the waiting rows and of the one that is being taken, row by row, each ended by
    /// a newline; cells hold none, since they are escaped.
    cells: String,
    /// Complete rows in `cells`.
    rows: usize,
    /// Which of them, and of the one that is being taken, are marked.
    marked: BTreeSet<usize>,
    /// The widest waiting cell of each column, in terminal columns.
    widths: Vec<usize>,
    /// The final width of each column, once the header is written.
    settled: Option<Vec<usize>>,
    line: String,
}

/// What a table needs to know of its place.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    pub(super) columns: &'a [Shown],
    /// Columns of the terminal; `None` in a pipe, where nothing is cut.
    pub(super) limit: Option<usize>,
    pub(super) bold: bool,
}

impl Table {
    /// Takes the cell of column `column`; cells come in reading order. On a terminal of `limit`
    /// columns what could never be shown is dropped now.
    pub(super) fn push(&mut self, column: usize, cell: &str, limit: Option<usize>) {
        let start = self.cells.len();
        match limit {
            Some(limit) => push_cut(cell, limit, &mut self.cells),
            None => self.cells.push_str(cell),
        }
        if self.settled.is_none() {
            let width = self.cells.get(start..).unwrap_or_default().width();
            if self.widths.len() <= column {
                self.widths.resize(column + 1, 0);
            }
            if let Some(widest) = self.widths.get_mut(column) {
                *widest = width.max(*widest);
            }
        }
        self.cells.push('\n');
    }

    /// Marks the row whose cells come next: it is red where there are colors.
    pub(super) fn mark_next(&mut self) {
        self.marked.insert(self.rows);
    }

    /// Ends a row. Writes it, and those that waited, once enough rows are known.
    pub(super) fn end_row(&mut self, out: &mut dyn Write, layout: Layout<'_>) -> io::Result<()> {
        self.rows += 1;
        if self.holds_next() { Ok(()) } else { self.flush(out, layout) }
    }

    /// Whether a row that comes now would wait for others.
    pub(super) fn holds_next(&self) -> bool {
        self.settled.is_none() && self.rows < WAITING_ROWS && self.cells.len() < WAITING_BYTES
    }

    /// Writes the headings, unless they are written, and the rows that waited.
    pub(super) fn flush(&mut self, out: &mut dyn Write, layout: Layout<'_>) -> io::Result<()> {
        let Layout { columns, limit, bold } = layout;
        if columns.is_empty() {
            return Ok(());
        }
        let widths = match self.settled.take() {
            Some(widths) => widths,
            None => {
                let widths = settle(&self.widths, columns, limit);
                self.line.clear();
                let headings = columns.iter().map(|column| column.heading.as_str());
                push_line(headings, columns, &widths, true, &mut self.line);
                if bold {
                    self.line.insert_str(0, BOLD);
                    self.line.insert_str(self.line.len() - 1, PLAIN);
                }
                out.write_all(self.line.as_bytes())?;
                widths
            }
        };
        let mut cells = self.cells.split_terminator('\n').peekable();
        for at in 0.. {
            if cells.peek().is_none() {
                break;
            }
            self.line.clear();
            let row = cells.by_ref().take(columns.len());
            push_line(row, columns, &widths, limit.is_some(), &mut self.line);
            if bold && self.marked.contains(&at) {
                self.line.insert_str(0, RED);
                self.line.insert_str(self.line.len() - 1, PLAIN);
            }
            out.write_all(self.line.as_bytes())?;
        }
        self.cells.clear();
        self.marked.clear();
        self.rows = 0;
        self.settled = Some(widths);
        // A huge row, or the rows that waited, leave no huge buffer behind.
        self.cells.shrink_to(WAITING_BYTES / 16);
        self.line.shrink_to(WAITING_BYTES / 16);
        Ok(())
    }
}

/// The width of each column: that of its widest cell or of its heading, cut to the terminal.
fn settle(widest: &[usize], columns: &[Shown], limit: Option<usize>) -> Vec<usize> {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let widest = widest.get(at).copied().unwrap_or(0);
            widest.max(column.heading.width()).max(column.least)
        })
        .collect();
    if let Some(limit) = limit {
        fit(&mut widths, columns, limit);
    }
    widths
}

/// Appends a row. `cut` shortens a cell that is wider than its column; otherwise it runs over.
fn push_line<'a>(
    cells: impl Iterator<Item = &'a str>,
    columns: &[Shown],
    widths: &[usize],
    cut: bool,
    line: &mut String,
) {
    // Padding is written lazily, to avoid trailing spaces.
    let mut owed = 0;
    for (cell, (column, &width)) in cells.zip(columns.iter().zip(widths)) {
        if width == 0 {
            continue;
        }
        if column.align == Align::Right {
            owed += width.saturating_sub(cell.width());
        }
        line.extend(std::iter::repeat_n(' ', owed));
        let begin = line.len();
        if cut {
            push_cut(cell, width, line);
        } else {
            line.push_str(cell);
        }
        let taken = line.get(begin..).unwrap_or_default();
        owed = GAP;
        if column.align == Align::Left {
            owed += width.saturating_sub(taken.width());
        }
    }
    line.truncate(line.trim_end_matches(' ').len());
    line.push('\n');
}

/// Brings the columns' widths, with the gaps between them, down to `limit` columns.
///
/// Columns that would not fit at one character each are left out from the right. Then the widest
/// gives first, one character at a time, so that a short column is not cut for the sake of a long
/// one; those to keep whole give only when all the others have nothing left.
fn fit(widths: &mut [usize], columns: &[Shown], limit: usize) {
    let shown = ((limit + GAP) / (1 + GAP)).clamp(1, widths.len());
    let (shown, left_out) = widths.split_at_mut(shown);
    left_out.fill(0);
    for width in shown.iter_mut() {
        *width = (*width).min(limit).max(1);
    }
    let mut total = shown.iter().sum::<usize>() + GAP * (shown.len() - 1);
    for whole in [false, true] {
        while total > limit {
            let widest = shown
                .iter_mut()
                .zip(columns)
                .filter(|(width, column)| column.whole == whole && **width > 1)
                .map(|(width, _)| width)
                .max();
            let Some(widest) = widest else { break };
            *widest -= 1;
            total -= 1;
        }
    }
}

/// Appends a cell cut to `width` terminal columns, with `…` where something is missing; never half
/// of a wide character.
fn push_cut(cell: &str, width: usize, out: &mut String) {
    // No character is wider than the bytes it takes.
    if cell.len() <= width || cell.width() <= width {
        out.push_str(cell);
    } else if width > 0 {
        out.push_str(prefix(cell, width - 1));
        out.push('…');
    }
}

/// The start of a text that is at most `width` columns wide.
///
/// Widths are those of whole strings (an emoji of several code points counts once), so the place
/// is searched by halves: a heap of combining marks costs no more than a few measurements.
fn prefix(text: &str, width: usize) -> &str {
    let (mut fits, mut over) = (0, text.len());
    loop {
        let mut middle = fits + (over - fits) / 2;
        while !text.is_char_boundary(middle) {
            middle -= 1;
        }
        if middle <= fits {
            // Nothing but the rest of one character lies between; it may fit yet.
            let next = text.get(fits..).and_then(|rest| rest.chars().next());
            let end = fits + next.map_or(0, char::len_utf8);
            if end <= fits || end >= over {
                return text.get(..fits).unwrap_or_default();
            }
            middle = end;
        }
        if text.get(..middle).is_some_and(|text| text.width() <= width) {
            fits = middle;
        } else {
            over = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_by_columns_not_by_characters() {
        for (text, width, expected) in [
            ("abcdef", 6, "abcdef"),
            ("abcdef", 5, "abcd…"),
            ("abcdef", 1, "…"),
            ("abcdef", 0, ""),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("日本語", 2, "…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("👩\u{200d}🔬 lab", 6, "👩\u{200d}🔬 lab"),
            ("👩\u{200d}🔬 lab", 3, "👩\u{200d}🔬…"),
        ] {
            let mut out = String::new();
            push_cut(text, width, &mut out);
            assert_eq!(out, expected, "{text} in {width}");
            assert!(out.width() <= width);
        }
    }

    #[test]
    fn a_heap_of_combining_marks_is_cut_too() {
        let heap = "\u{301}".repeat(100_000) + "abc";
        let mut out = String::new();
        push_cut(&heap, 2, &mut out);
        assert_eq!(out.width(), 2);
    }
}
