//! `GET /events`: server-sent events, printed line by line as they happen.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use super::answer::{self, AnswerFormat};
use crate::base::error::{Error, ErrorKind};
use crate::term::Io;

/// The longest line that is an event's.
const MAX_LINE: usize = 4 << 20;

/// Prints a stream of events until it ends: its lines as they are, or with a format (of JSON)
/// the data of each event on one line.
pub(super) fn print(
    body: &mut dyn Read,
    shape: &AnswerFormat<'_>,
    io: &mut Io,
) -> Result<(), Error> {
    let mut lines = BufReader::new(body);
    let mut line = Vec::new();
    let mut event = ServerSentEvent::default();
    loop {
        line.clear();
        let limit = MAX_LINE as u64 + 1;
        let read = (&mut lines).take(limit).read_until(b'\n', &mut line);
        if read.map_err(|e| answer::broken_off(&e))? == 0 {
            return Ok(());
        }
        if line.len() > MAX_LINE {
            return Err(Error::new(ErrorKind::Unavailable, "a line of the events does not end"));
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        if shape.format.is_none() {
            io.out.line(safe(text, shape))?;
        } else {
            let Some(data) = event.take(text) else { continue };
            io.out.json(shape.safe(&data))?;
        }
        // An event is printed as soon as it arrives.
        io.out.flush()?;
    }
}

/// A line with its data redacted.
fn safe<'l>(line: &'l str, shape: &AnswerFormat<'_>) -> Cow<'l, str> {
    match line.strip_prefix("data:").map(|data| shape.safe(data)) {
        Some(Cow::Owned(data)) => Cow::Owned(format!("data:{data}")),
        _ => Cow::Borrowed(line),
    }
}

/// An event that is being read (WHATWG HTML, "server-sent events").
#[derive(Default)]
struct ServerSentEvent {
    data: String,
}

impl ServerSentEvent {
    /// Takes a line; the data of the event that it ends, if it ends one.
    fn take(&mut self, line: &str) -> Option<String> {
        if line.is_empty() {
            return Some(std::mem::take(&mut self.data)).filter(|data| !data.is_empty());
        }
        if let Some(data) = line.strip_prefix("data:")
            && self.data.len() + data.len() <= MAX_LINE
        {
            // JSON set out in lines becomes one line: between its tokens, a space is as good.
            self.data.push_str(if self.data.is_empty() { "" } else { " " });
            self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::ServerSentEvent;

    #[test]
    fn an_event_ends_at_an_empty_line() {
        let mut event = ServerSentEvent::default();
        let lines = [
            ": hello",
            "",
            "id: 1",
            "event: user.created",
            "data: {\"a\":",
            "data:1}",
            "",
            "",
            "data: 2",
        ];
        let data: Vec<_> = lines.iter().filter_map(|line| event.take(line)).collect();
        assert_eq!(data, ["{\"a\": 1}"]);
    }
}
