//! Renders rows to a writer.

use std::borrow::Cow;
use std::io::{self, Write};
use std::mem;

use memchr::memchr2;

use super::delimited::{Cell, Dialect};
use super::fields::FieldPath;
use super::table::{Layout, ShownColumn, Table};
use super::{Column, Fields, Format, Options, cell, listing};
use crate::base::error::Error;
use crate::base::escape;
use crate::output::rawjson::{self, Finder, ValueType};
use crate::term::{Io, style};

/// How much of an object's text is prepared before it is written.
const PIECE: usize = 64 << 10;

/// What a row of a table is shown as, where it has colors. The row says the same in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emphasis {
    /// In use: green.
    Good,
    /// Failed or expired: red.
    Alarm,
}

impl Emphasis {
    pub(super) const fn style(self) -> &'static str {
        match self {
            Self::Good => style::GREEN,
            Self::Alarm => style::RED,
        }
    }
}

/// Writes the rows of a list, or one object, in a format.
///
/// Without fields and columns, the first row determines them: all its keys in CSV and TSV, the keys
/// of plain values in the table. Rows that are not objects get one column named `value`.
///
/// Buffers are reused for each row. In JSON lines, a row is written as it is if it is on one line
/// already and nothing must be selected, hidden or escaped.
pub struct Renderer {
    format: Format,
    fields: Option<Fields>,
    columns: Vec<ShownColumn>,
    options: Options,
    /// The number of rows so far.
    rows: usize,
    has_header: bool,
    table: Table,
    /// A row with its secrets replaced.
    clean: String,
    /// The selected part of a row, or the text of a cell.
    part: String,
    /// The text that is written next.
    line: String,
}

impl Renderer {
    /// A renderer for a list. `fields` are those that the user chose. Otherwise `columns` are
    /// shown, or the whole row in JSON and JSON lines.
    pub fn new(
        format: Format,
        fields: Option<Fields>,
        columns: &[Column],
        options: Options,
    ) -> Self {
        let columns = match &fields {
            Some(fields) => fields.paths().iter().cloned().map(ShownColumn::new).collect(),
            None => columns.iter().map(ShownColumn::of_column).collect(),
        };
        Self {
            format,
            fields,
            columns,
            options,
            rows: 0,
            has_header: false,
            table: Table::default(),
            clean: String::new(),
            part: String::new(),
            line: String::new(),
        }
    }

    /// Whether the next row would be held back. Only a table holds back its first rows.
    pub fn holds_next(&self) -> bool {
        self.format == Format::Table && self.table.holds_next()
    }

    /// Writes one row of a list. A table holds back its first rows until it knows the column
    /// widths.
    pub fn row(&mut self, out: &mut dyn Write, row: &str) -> io::Result<()> {
        let mut clean = mem::take(&mut self.clean);
        clean.clear();
        let written = self.write_row(out, self.shown(row, &mut clean));
        self.clean = clean;
        self.rows += 1;
        written
    }

    /// Like [`Renderer::row`]. A table that has colors emphasizes the row.
    pub fn emphasized_row(
        &mut self,
        out: &mut dyn Write,
        row: &str,
        emphasis: Option<Emphasis>,
    ) -> io::Result<()> {
        if let Some(emphasis) = emphasis {
            self.table.emphasize_next(emphasis);
        }
        self.row(out, row)
    }

    /// Writes the rows that a table holds back, and its headings even without any: for lists whose
    /// next row may come much later. From then on the widths are fixed.
    pub fn settle(&mut self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Table => self.table.flush(out, layout(&self.columns, &self.options)),
            _ => Ok(()),
        }
    }

    /// Ends the list on stdout. If a table is empty, stderr says `if_empty`.
    ///
    /// # Errors
    /// [`Error::stdout`].
    pub fn end(self, io: &mut Io, if_empty: &str) -> Result<(), Error> {
        let is_empty_table = self.format == Format::Table && self.rows == 0;
        io.out.with(|out| self.finish(out))?;
        if is_empty_table {
            io.ui.say(if_empty);
        }
        Ok(())
    }

    /// Ends the list: the closing bracket, the header of nothing, the table.
    pub fn finish(mut self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Json if self.rows == 0 => out.write_all(b"[]\n"),
            Format::Json => out.write_all(b"\n]\n"),
            Format::Jsonl => Ok(()),
            Format::Csv | Format::Tsv => self.write_header(out),
            // A terminal shows no headings above nothing.
            Format::Table if self.rows == 0 && self.options.width.is_some() => Ok(()),
            Format::Table | Format::Markdown => {
                let Self { table, columns, options, .. } = &mut self;
                table.flush(out, layout(columns, options))
            }
        }
    }

    /// Writes one object instead of a list, whole or the selected fields.
    pub fn object(mut self, out: &mut dyn Write, object: &str) -> io::Result<()> {
        if self.fields.is_none() {
            self.columns.clear();
        }
        if !matches!(self.format, Format::Json | Format::Table) {
            self.row(out, object)?;
            return self.finish(out);
        }
        let mut clean = String::new();
        let object = self.shown(object, &mut clean);
        let mut part = String::new();
        let object = select(self.fields.as_ref(), object, &mut part);
        if self.format == Format::Table {
            // Its values are escaped already.
            listing::push(object, self.options.color, &mut self.line);
            return out.write_all(self.line.as_bytes());
        }
        // In pieces, because an indented answer can be several times as long as the original.
        let mut piece = String::new();
        rawjson::pretty(object, 0, &mut piece, |piece| {
            // A member's name is colored by the colon behind it.
            if piece.len() < PIECE || piece.ends_with('"') {
                return Ok(());
            }
            mem::swap(piece, &mut self.line);
            piece.clear();
            self.write_line(out)
        })?;
        piece.push('\n');
        self.line = piece;
        self.write_line(out)
    }

    /// The row's text, trimmed. Unless secrets are revealed, they are replaced, using `clean` as a
    /// buffer.
    fn shown<'a>(&self, row: &'a str, clean: &'a mut String) -> &'a str {
        let row = row.trim_ascii();
        let Options { reveal_secrets, redactor, .. } = self.options;
        if !reveal_secrets && redactor.push_json(row, clean) { clean } else { row }
    }

    fn write_row(&mut self, out: &mut dyn Write, row: &str) -> io::Result<()> {
        match self.format {
            Format::Jsonl => self.write_json_line(out, row),
            Format::Json => {
                let row = select(self.fields.as_ref(), row, &mut self.part);
                self.line.clear();
                self.line.push_str(if self.rows == 0 { "[\n  " } else { ",\n  " });
                rawjson::push_pretty(row, 1, &mut self.line);
                self.write_line(out)
            }
            Format::Csv | Format::Tsv => {
                self.choose_columns(row);
                self.write_header(out)?;
                self.write_cells(out, row)
            }
            Format::Table | Format::Markdown => {
                self.choose_columns(row);
                let mut row = Finder::new(row);
                for (at, column) in self.columns.iter().enumerate() {
                    self.part.clear();
                    cell::push_human(column.path.find(&mut row), &mut self.part);
                    self.table.push(at, &column.in_our_words(&self.part), self.options.width);
                }
                self.table.end_row(out, layout(&self.columns, &self.options))
            }
        }
    }

    fn write_json_line(&mut self, out: &mut dyn Write, row: &str) -> io::Result<()> {
        let row = select(self.fields.as_ref(), row, &mut self.part);
        let is_line = memchr2(b'\n', b'\r', row.as_bytes()).is_none();
        if is_line && self.options.width.is_none() && !self.options.color {
            out.write_all(row.as_bytes())?;
            return out.write_all(b"\n");
        }
        self.line.clear();
        rawjson::push_compact(row, &mut self.line);
        self.line.push('\n');
        self.write_line(out)
    }

    fn write_cells(&mut self, out: &mut dyn Write, row: &str) -> io::Result<()> {
        let dialect = self.dialect();
        let mut row = Finder::new(row);
        self.line.clear();
        for (at, column) in self.columns.iter().enumerate() {
            self.part.clear();
            let value = column.path.find(&mut row);
            cell::push_data(value, &mut self.part);
            let cell = Cell {
                text: &self.part,
                is_number: value.is_some_and(|value| rawjson::kind(value) == ValueType::Number),
            };
            dialect.push_cell(at, cell, &mut self.line);
        }
        dialect.end_line(&mut self.line);
        out.write_all(self.line.as_bytes())
    }

    /// Writes the header of CSV or TSV once. Does nothing if no column is known.
    fn write_header(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.has_header || self.columns.is_empty() || self.options.no_header {
            return Ok(());
        }
        self.has_header = true;
        let dialect = self.dialect();
        self.line.clear();
        for (at, column) in self.columns.iter().enumerate() {
            let cell = Cell { text: &column.path.text, is_number: false };
            dialect.push_cell(at, cell, &mut self.line);
        }
        dialect.end_line(&mut self.line);
        out.write_all(self.line.as_bytes())
    }

    /// Writes the line, which is JSON.
    fn write_line(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Options { width, color, .. } = self.options;
        let text = match width {
            Some(_) => escape::json(&self.line),
            None => Cow::Borrowed(self.line.as_str()),
        };
        if !color {
            return out.write_all(text.as_bytes());
        }
        let mut colored = mem::take(&mut self.part);
        colored.clear();
        style::push_json(&text, &mut colored);
        let written = out.write_all(colored.as_bytes());
        self.part = colored;
        written
    }

    fn dialect(&self) -> Dialect {
        Dialect {
            tabs: self.format == Format::Tsv,
            terminal: self.options.width.is_some(),
            safe: self.options.csv_safe,
        }
    }

    /// Chooses the columns by the first row, unless they were given.
    fn choose_columns(&mut self, row: &str) {
        if !self.columns.is_empty() {
            return;
        }
        let nested = |value| matches!(rawjson::kind(value), ValueType::Object | ValueType::Array);
        let all_nested = rawjson::members(row).all(|(_, value)| nested(value));
        let plain_only = self.format == Format::Table && !all_nested;
        self.columns = rawjson::members(row)
            .filter(|(_, value)| !(plain_only && nested(value)))
            .map(|(key, _)| ShownColumn::new(FieldPath::of_key(rawjson::string(key).into_owned())))
            .collect();
        if self.columns.is_empty() {
            self.columns.push(ShownColumn::new(FieldPath::of_row("value")));
        }
    }
}

fn layout<'a>(columns: &'a [ShownColumn], options: &Options) -> Layout<'a> {
    Layout { columns, limit: options.width, color: options.color, header: !options.no_header }
}

/// The selected part of a row, or the whole row.
fn select<'a>(fields: Option<&Fields>, row: &'a str, part: &'a mut String) -> &'a str {
    let Some(fields) = fields else { return row };
    part.clear();
    fields.push_selection(row, part);
    part
}
