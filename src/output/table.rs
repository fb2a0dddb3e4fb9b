//! Aligned columns.
//!
//! The first rows are kept as rendered cells until there are enough of them to choose the widths.
//! Then they are written, and every later row is written at once, so memory use does not grow with
//! the list. A later cell that is too wide is cut on a terminal, and overflows its column in a
//! pipe.
//!
//! On a terminal that is too narrow for the columns, each row is a block instead, with a line
//! `FIELD  value` for each column and an empty line between blocks. Values are not cut there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::cell::push_spaces;
use super::fields::FieldPath;
use super::{Align, Column, Emphasis};
use crate::base::escape;
use crate::base::time;
use crate::term::style::{BOLD, PLAIN};

/// The most rows that are held back: two pages of a list.
const WAITING_ROWS: usize = 200;

/// The most bytes of cells that are held back.
const WAITING_BYTES: usize = 1 << 20;

const GAP: usize = 2;

/// A column that shows less than this of a longer value is of little use.
const LEGIBLE: usize = 8;

/// The most terminal columns of a value in a block.
const BLOCK_CELL: usize = 1_000;

/// A column as it is shown.
#[derive(Clone, Debug)]
pub(super) struct ShownColumn {
    pub(super) path: FieldPath,
    /// Escaped, in upper case.
    heading: String,
    align: Align,
    whole: bool,
    /// The smallest width in terminal columns.
    least: usize,
    /// A word of the API, and how people call it.
    word: Option<(&'static str, &'static str)>,
    /// A time, shown in local time.
    time: bool,
}

impl ShownColumn {
    pub(super) fn new(path: FieldPath) -> Self {
        Self {
            heading: escape::visible(&path.text.to_uppercase()).into_owned(),
            align: Align::Left,
            whole: path.is_id(),
            least: 0,
            word: None,
            time: false,
            path,
        }
    }

    /// What names its value in a block: the heading, or the field if the heading is blank.
    fn label(&self) -> Cow<'_, str> {
        match self.heading.trim_matches(' ') {
            "" => Cow::Owned(escape::visible(&self.path.text.to_uppercase()).into_owned()),
            heading => Cow::Borrowed(heading),
        }
    }

    pub(super) fn of_column(column: &Column) -> Self {
        Self {
            path: FieldPath::of_column(column.path),
            heading: column.heading.to_uppercase(),
            align: column.align,
            whole: column.whole,
            least: column.least,
            word: column.word,
            time: column.time,
        }
    }

    /// The text of a cell in the words of our options, and in local time.
    pub(super) fn in_our_words<'t>(&self, cell: &'t str) -> Cow<'t, str> {
        match self.word {
            Some((api, ours)) if api == cell => Cow::Borrowed(ours),
            _ if self.time => Cow::Owned(time::local(cell)),
            _ => Cow::Borrowed(cell),
        }
    }
}

/// A table that is being written.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The cells of the rows that are held back and of the current row, in order, each followed by
    /// a newline. Cells contain no newline, because they are escaped.
    cells: String,
    /// The number of complete rows in `cells`.
    rows: usize,
    /// Which of them, and of the one that is being taken, are emphasized.
    emphasized: BTreeMap<usize, Emphasis>,
    /// The widest waiting cell of each column, in terminal columns.
    widths: Vec<usize>,
    /// How rows are written. Set once the header is written.
    settled: Option<Shape>,
    line: String,
}

/// How rows are written.
#[derive(Debug)]
enum Shape {
    /// A line for each row, with columns of these widths.
    Columns(Vec<usize>),
    /// A block for each row, with labels of this width.
    Blocks {
        label: usize,
        /// Whether a block has been written.
        begun: bool,
    },
}

/// Where and how a table is shown.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    pub(super) columns: &'a [ShownColumn],
    /// Columns of the terminal. `None` for a pipe, where nothing is cut.
    pub(super) limit: Option<usize>,
    /// Whether headings are bold and rows may be emphasized.
    pub(super) color: bool,
    /// Whether columns have headings.
    pub(super) header: bool,
}

impl Table {
    /// Adds the next cell; cells come in reading order, and `column` counts from 0. On a terminal
    /// with `limit` columns, text that could never be shown is dropped here.
    pub(super) fn push(&mut self, column: usize, cell: &str, limit: Option<usize>) {
        let start = self.cells.len();
        match limit {
            Some(limit) if matches!(self.settled, Some(Shape::Columns(_))) => {
                push_cut(cell, limit, &mut self.cells);
            }
            Some(limit) => push_cut(cell, limit.max(BLOCK_CELL), &mut self.cells),
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

    /// Emphasizes the row whose cells come next, where there are colors.
    pub(super) fn emphasize_next(&mut self, emphasis: Emphasis) {
        self.emphasized.insert(self.rows, emphasis);
    }

    /// Ends a row. Writes it, and those that waited, once enough rows are known.
    pub(super) fn end_row(&mut self, out: &mut dyn Write, layout: Layout<'_>) -> io::Result<()> {
        self.rows += 1;
        if self.holds_next() { Ok(()) } else { self.flush(out, layout) }
    }

    /// Whether the next row would be held back.
    pub(super) fn holds_next(&self) -> bool {
        self.settled.is_none() && self.rows < WAITING_ROWS && self.cells.len() < WAITING_BYTES
    }

    /// Writes the headings, unless that is done, and the rows that were held back.
    pub(super) fn flush(&mut self, out: &mut dyn Write, layout: Layout<'_>) -> io::Result<()> {
        let Layout { columns, limit, color, header } = layout;
        if columns.is_empty() {
            return Ok(());
        }
        let mut shape = match self.settled.take() {
            Some(shape) => shape,
            None => {
                let shape = settle(&self.widths, columns, limit);
                if let (Shape::Columns(widths), true) = (&shape, header) {
                    self.line.clear();
                    let headings = columns.iter().map(|column| column.heading.as_str());
                    push_line(headings, columns, widths, true, &mut self.line);
                    paint(&mut self.line, 0, if color { BOLD } else { "" });
                    out.write_all(self.line.as_bytes())?;
                }
                shape
            }
        };
        let mut cells = self.cells.split_terminator('\n').peekable();
        for at in 0.. {
            if cells.peek().is_none() {
                break;
            }
            self.line.clear();
            let row = cells.by_ref().take(columns.len());
            let emphasis = self.emphasized.get(&at).filter(|_| color);
            let style = emphasis.map_or("", |emphasis| emphasis.style());
            match &mut shape {
                Shape::Columns(widths) => {
                    push_line(row, columns, widths, limit.is_some(), &mut self.line);
                    paint(&mut self.line, 0, style);
                }
                Shape::Blocks { label, begun } => {
                    if std::mem::replace(begun, true) {
                        self.line.push('\n');
                    }
                    push_block(row, columns, *label, style, color, &mut self.line);
                }
            }
            out.write_all(self.line.as_bytes())?;
        }
        self.cells.clear();
        self.emphasized.clear();
        self.rows = 0;
        self.settled = Some(shape);
        // Release the memory of a huge row, or of the rows that were held back.
        self.cells.shrink_to(WAITING_BYTES / 16);
        self.line.shrink_to(WAITING_BYTES / 16);
        Ok(())
    }
}

/// Styles the line that starts at `start` and ends with a line break. No style is an empty one.
fn paint(line: &mut String, start: usize, style: &str) {
    if !style.is_empty() {
        line.insert_str(start, style);
        line.insert_str(line.len() - 1, PLAIN);
    }
}

/// The width of each column is that of its widest cell or of its heading, reduced to fit the
/// terminal. If that cuts an ID or leaves too little of another value, rows become blocks.
fn settle(widest: &[usize], columns: &[ShownColumn], limit: Option<usize>) -> Shape {
    let full: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let widest = widest.get(at).copied().unwrap_or(0);
            widest.max(column.heading.width()).max(column.least)
        })
        .collect();
    let mut widths = full.clone();
    if let Some(limit) = limit {
        fit(&mut widths, columns, limit);
    }
    let is_too_narrow = |((width, full), column): ((&usize, &usize), &ShownColumn)| {
        *width < if column.whole { *full } else { (*full).min(LEGIBLE) }
    };
    if columns.len() > 1 && widths.iter().zip(&full).zip(columns).any(is_too_narrow) {
        let label = columns.iter().map(|column| column.label().width()).max().unwrap_or(0);
        return Shape::Blocks { label, begun: false };
    }
    Shape::Columns(widths)
}

/// Appends a row as a block.
fn push_block<'a>(
    cells: impl Iterator<Item = &'a str>,
    columns: &[ShownColumn],
    width: usize,
    style: &str,
    color: bool,
    block: &mut String,
) {
    for (cell, column) in cells.zip(columns) {
        // A mark that is absent.
        let is_mark = column.heading.trim_matches(' ').is_empty();
        if is_mark && cell.trim_matches(' ').is_empty() {
            continue;
        }
        let start = block.len();
        let label = column.label();
        let label_style = match style {
            "" if color => BOLD,
            _ => "",
        };
        block.push_str(label_style);
        block.push_str(&label);
        block.push_str(if label_style.is_empty() { "" } else { PLAIN });
        push_spaces(width - label.width() + GAP, block);
        block.push_str(cell);
        block.truncate(block.trim_end_matches(' ').len());
        block.push('\n');
        paint(block, start, style);
    }
}

/// Appends a row. With `cut`, cells wider than their column are cut; otherwise they overflow it.
fn push_line<'a>(
    cells: impl Iterator<Item = &'a str>,
    columns: &[ShownColumn],
    widths: &[usize],
    cut: bool,
    line: &mut String,
) {
    for (cell, (column, &width)) in cells.zip(columns.iter().zip(widths)) {
        if width == 0 {
            continue;
        }
        if column.align == Align::Right {
            push_spaces(width.saturating_sub(cell.width()), line);
        }
        let begin = line.len();
        if cut {
            push_cut(cell, width, line);
        } else {
            line.push_str(cell);
        }
        let taken = line.get(begin..).unwrap_or_default();
        if column.align == Align::Left {
            push_spaces(width.saturating_sub(taken.width()), line);
        }
        push_spaces(GAP, line);
    }
    line.truncate(line.trim_end_matches(' ').len());
    line.push('\n');
}

/// Reduces the widths, including the gaps between columns, to `limit` terminal columns.
///
/// Columns that would not fit even at a width of one are left out from the right. Then the widest
/// column shrinks first, one character at a time, so that short columns are not cut in favor of a
/// long one. Columns that must stay whole shrink only after all others.
fn fit(widths: &mut [usize], columns: &[ShownColumn], limit: usize) {
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

/// Appends a cell cut to `width` terminal columns, with `…` at the end if it was cut. A wide
/// character is never split.
fn push_cut(cell: &str, width: usize, out: &mut String) {
    // No character is wider than its length in bytes.
    if cell.len() <= width || cell.width() <= width {
        out.push_str(cell);
    } else if width > 0 {
        out.push_str(prefix(cell, width - 1));
        out.push('…');
    }
}

/// The longest start of a text that is at most `width` columns wide.
///
/// Widths are those of whole strings, because an emoji of several code points counts once. A binary
/// search finds the position, so a pile of combining marks needs only a few measurements.
fn prefix(text: &str, width: usize) -> &str {
    let (mut fits, mut over) = (0, text.len());
    loop {
        let mut middle = fits + (over - fits) / 2;
        while !text.is_char_boundary(middle) {
            middle -= 1;
        }
        if middle <= fits {
            // Only one character lies between the bounds. It may still fit.
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
mod tests;
