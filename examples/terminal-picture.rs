//! Draws what a program printed as an SVG of a terminal, colors and all:
//!
//! ```text
//! CLICOLOR_FORCE=1 some-program 2>&1 | cargo run --quiet --example terminal-picture -- dark > picture.svg
//! ```
//!
//! `light` instead of `dark` draws it for light pages. `docs/terminal.sh` draws those in the README.
//!
//! The picture needs no font but the reader's own and nothing from the network.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::process::ExitCode;

use unicode_width::UnicodeWidthChar;

/// A cell of the grid, in pixels.
const CELL: (f32, f32) = (8.4, 19.0);
/// Around the text, and the bar above it.
const MARGIN: f32 = 18.0;
const BAR: f32 = 30.0;
/// Longer lines are cut.
const COLUMNS: usize = 94;

/// The colors of a terminal: text, background, and the eight colors of SGR 30 to 37.
struct Palette {
    text: &'static str,
    background: &'static str,
    colors: [&'static str; 8],
}

const DARK: Palette = Palette {
    text: "#d6dbe5",
    background: "#161a22",
    colors: [
        "#5c6370", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#ffffff",
    ],
};

const LIGHT: Palette = Palette {
    text: "#24292f",
    background: "#f6f8fa",
    colors: [
        "#24292f", "#b3261e", "#116329", "#7d4e00", "#0550ae", "#6639ba", "#0b6a70", "#57606a",
    ],
};

fn main() -> ExitCode {
    let palette = match std::env::args().nth(1).as_deref() {
        Some("dark") => DARK,
        Some("light") => LIGHT,
        _ => return ExitCode::from(2),
    };
    let mut input = Vec::new();
    if std::io::stdin().read_to_end(&mut input).is_err() {
        return ExitCode::FAILURE;
    }
    let picture = draw(&String::from_utf8_lossy(&input), &palette);
    #[expect(clippy::disallowed_methods, reason = "a picture is for a file, not for a terminal")]
    let mut stdout = std::io::stdout();
    match stdout.write_all(picture.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// How a piece of text looks.
#[derive(Clone, Copy, Default, PartialEq)]
struct Style {
    bold: bool,
    dim: bool,
    /// Index into the 16 colors.
    color: Option<u8>,
}

/// Text of one style, and the column it starts at.
struct Run {
    column: usize,
    width: usize,
    style: Style,
    text: String,
}

fn draw(input: &str, palette: &Palette) -> String {
    let lines = lines(input.trim_end());
    let (cell_width, line_height) = CELL;
    let width = cell_width * COLUMNS as f32 + 2.0 * MARGIN;
    let height = line_height * lines.len() as f32 + BAR + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"A terminal\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"{}\"/>\n",
        palette.background
    );
    for (index, color) in ["#ff6058", "#ffbd2e", "#28c941"].iter().enumerate() {
        let x = MARGIN + 4.0 + 20.0 * index as f32;
        let _ = writeln!(svg, "<circle cx=\"{x:.0}\" cy=\"20\" r=\"6\" fill=\"{color}\"/>");
    }
    let _ = writeln!(
        svg,
        "<g fill=\"{}\" font-size=\"14\" font-family=\"ui-monospace, SFMono-Regular, Menlo, \
         Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace\">",
        palette.text
    );
    for (row, runs) in lines.iter().enumerate() {
        let y = BAR + MARGIN + line_height * (row as f32 + 0.75);
        for run in runs {
            let x = MARGIN + cell_width * run.column as f32;
            // The grid holds whatever the reader's font is.
            let length = cell_width * run.width as f32;
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" xml:space=\"preserve\"{}>{}</text>",
                run.style.attributes(palette),
                escaped(&run.text)
            );
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

impl Style {
    fn attributes(self, palette: &Palette) -> String {
        let mut text = String::new();
        if self.bold {
            text.push_str(" font-weight=\"bold\"");
        }
        if self.dim {
            text.push_str(" opacity=\"0.65\"");
        }
        if let Some(color) = self.color {
            let _ = write!(text, " fill=\"{}\"", palette.colors[usize::from(color) % 8]);
        }
        text
    }

    /// Takes the parameters of an SGR sequence.
    fn apply(&mut self, parameters: &str) {
        for number in parameters.split(';').map(|text| text.parse::<u8>().unwrap_or(0)) {
            match number {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                22 => (self.bold, self.dim) = (false, false),
                30..=37 => self.color = Some(number - 30),
                39 => self.color = None,
                90..=97 => self.color = Some(number - 90),
                _ => {}
            }
        }
    }
}

/// The lines as runs of one style. Of the escape sequences only colors are drawn.
fn lines(input: &str) -> Vec<Vec<Run>> {
    let mut style = Style::default();
    let mut lines = Vec::new();
    for line in input.lines() {
        // What a carriage return wrote over is not seen.
        let line = line.trim_end_matches('\r');
        let line = line.rsplit('\r').next().unwrap_or(line);
        let mut runs: Vec<Run> = Vec::new();
        let mut column = 0;
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            if c == '\u{1b}' {
                if let Some(parameters) = control_sequence(&mut chars).strip_suffix('m') {
                    style.apply(parameters);
                }
                continue;
            }
            let width = c.width().unwrap_or(0);
            if column == COLUMNS {
                continue;
            }
            // The last column says that there is more.
            let (c, width) = if column + width < COLUMNS { (c, width) } else { ('…', 1) };
            match runs.last_mut().filter(|run| run.style == style) {
                Some(run) => {
                    run.text.push(c);
                    run.width += width;
                }
                None => runs.push(Run { column, width, style, text: c.to_string() }),
            }
            column += width;
        }
        runs.retain(|run| !run.text.trim().is_empty());
        lines.push(runs);
    }
    lines
}

/// The rest of a control sequence behind its bracket, with the letter that ends it.
fn control_sequence(chars: &mut impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for c in chars.skip(1) {
        text.push(c);
        if c.is_ascii_alphabetic() {
            break;
        }
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
