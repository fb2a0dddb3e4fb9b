//! Following the log by checkpoint: what to ask next, and which events of an answer are new.
//!
//! The API orders events by `log_id`, which grows with their arrival, so reading on from an ID
//! misses nothing, however late an event arrives. A [`Follower`] sends nothing. Its driver does what
//! [`Follower::next_step`] says and hands over each answer:
//!
//! 1. The start: `--from` is an ID already. Otherwise a search finds the event to read on from. Its
//!    checkpoint is the smallest ID that is certain to be before the start, or the greatest ID that
//!    there is.
//! 2. From there, `from=ID&take=100`, always following the link that the answer gives. An empty
//!    answer means that there is nothing new, and the same question is asked again later.
//!
//! Searches and checkpoint answers are never mixed: an event that a search shows first has an ID up
//! to the checkpoint, and the rest comes after it.

mod ask;
mod known;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub(crate) use self::ask::Ask;
use self::known::SeenEvents;
use super::event::LogEvent;
use super::pace::{self, Fill, RateLimit};
use super::{PAGE, when};
use crate::base::error::{Error, ErrorKind};
use crate::management::paging::{MAX_CURSOR, PageBody, cursor_of};

/// An event is looked for this long before the start, in case those around the start arrived late.
const LATENESS: SignedDuration = SignedDuration::from_mins(10);

/// A tail that has an end waits this long for late events.
const LATE_AT_END: SignedDuration = SignedDuration::from_mins(1);

/// Where to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// After this event.
    From(String),
    /// With the events at or after this moment.
    Since(Timestamp),
    /// Now, with the last `lines` events that fit.
    Now {
        /// How many, up to [`PAGE`].
        lines: usize,
    },
}

/// What the driver does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FollowStep {
    /// Ask, and hand the answer to [`Follower::answered`] or [`Follower::failed`].
    Ask(Ask),
    /// Wait this long.
    Wait(Duration),
    /// There is nothing more to do.
    End,
}

/// What to do about a failed request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It may pass: [`Follower::next_step`] says what to do.
    Passing,
    /// The event to read on from is not known any more. Following goes on with the oldest one that
    /// is kept, and events in between may be missing.
    Lost,
    /// It ends here.
    Final,
}

/// Follows the log.
#[derive(Debug)]
pub(crate) struct Follower {
    state: State,
    /// Whether the filter selects some events only.
    filtered: bool,
    /// The end, if there is one.
    until: Option<Timestamp>,
    /// To wait before the next question.
    wait: Option<Duration>,
    /// The checkpoint: every event up to it has been handed over.
    checkpoint: Option<String>,
    /// Every event up to this one has been shown or filtered out.
    position: Option<String>,
    known: SeenEvents,
    /// The checkpoint that the API no longer knew. Events up to it are not shown again.
    lost: Option<String>,
    /// Whether the last answer, and any answer since a checkpoint was lost, was one by checkpoint.
    by_checkpoint: bool,
    /// Whether there has been an answer, and the failures since the last one.
    answered: bool,
    failures: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Looks for the checkpoint of a start in the past.
    Before(Timestamp),
    /// Starts with the oldest event.
    Oldest,
    /// Looks for the newest event.
    Newest {
        lines: usize,
    },
    /// Shows the last events that fit.
    Matching {
        lines: usize,
    },
    /// Reads on.
    Following,
    Ended,
}

impl Follower {
    /// A follower that has asked nothing yet. `filtered` says whether the filter selects some events
    /// only; `until` is where following ends.
    pub(crate) fn new(start: Start, filtered: bool, until: Option<Timestamp>) -> Self {
        let (state, checkpoint) = match start {
            Start::From(id) => (State::Following, Some(id)),
            Start::Since(at) => (State::Before(at.saturating_sub(LATENESS).unwrap_or(at)), None),
            Start::Now { lines } => (State::Newest { lines: lines.min(PAGE) }, None),
        };
        let mut known = SeenEvents::default();
        if let Some(id) = &checkpoint {
            known.insert(id);
        }
        Self {
            state,
            filtered,
            until,
            wait: None,
            position: checkpoint.clone(),
            checkpoint,
            known,
            lost: None,
            by_checkpoint: false,
            answered: false,
            failures: 0,
        }
    }

    /// What to do next.
    pub(crate) fn next_step(&mut self) -> FollowStep {
        if let Some(wait) = self.wait.take() {
            return FollowStep::Wait(wait);
        }
        FollowStep::Ask(match self.state {
            State::Ended => return FollowStep::End,
            State::Before(at) => Ask::Before(at),
            State::Oldest => Ask::Oldest,
            State::Newest { .. } => Ask::Newest,
            State::Matching { lines } => Ask::Matching { lines },
            State::Following => match &self.checkpoint {
                Some(id) => Ask::After(id.clone()),
                // A tenant without any event: the first one to come is the oldest.
                None => Ask::Oldest,
            },
        })
    }

    /// Whether the start is over: from here on it takes as long as it takes.
    pub(crate) fn is_following(&self) -> bool {
        matches!(self.state, State::Following | State::Ended)
    }

    /// The ID to go on from in another run, once there is one: every event up to it has been shown
    /// or filtered out.
    pub(crate) fn position(&self) -> Option<&str> {
        self.position.as_deref()
    }

    /// Takes note that an event has been shown or filtered out. The first events, which a search
    /// found, count when all of them are shown.
    pub(crate) fn done_with(&mut self, id: &str) {
        if self.by_checkpoint && !id.is_empty() {
            self.position = Some(id.to_owned());
        }
    }

    /// Takes note that every row of the last answer has been shown or filtered out.
    pub(crate) fn done_with_answer(&mut self) {
        if !matches!(self.state, State::Matching { .. }) {
            self.position.clone_from(&self.checkpoint);
        }
    }

    /// Reads an answer. `link` is the target of its `Link: rel="next"`, of which only the cursor is
    /// used; `now` is the server's time.
    ///
    /// # Errors
    /// Unavailable, if the answer does not say where to go on. Its rows must not be used.
    pub(crate) fn answered(
        &mut self,
        body: &PageBody<'_>,
        link: Option<&str>,
        budget: &RateLimit,
        now: Timestamp,
    ) -> Result<Vec<usize>, Error> {
        let events: Vec<LogEvent<'_>> = body.items.iter().map(|row| LogEvent::of(row)).collect();
        let ids = || events.iter().map(|event| &*event.id).filter(|id| !id.is_empty());
        let (smallest, greatest) = (ids().min(), ids().max());
        let following = self.state == State::Following && self.checkpoint.is_some();
        let before = self.checkpoint.clone();
        let rows = match self.state {
            State::Before(_) => {
                match smallest {
                    Some(id) => self.follow_after(id)?,
                    None => self.state = State::Oldest,
                }
                Vec::new()
            }
            State::Oldest | State::Following if !following => match smallest {
                Some(id) => {
                    let first = events.iter().position(|event| event.id == id);
                    self.follow_after(id)?;
                    first.filter(|at| self.is_new(&events[*at].id)).into_iter().collect()
                }
                // No event is kept: the next one is the first.
                None => {
                    self.state = State::Following;
                    Vec::new()
                }
            },
            State::Newest { lines } => {
                match greatest {
                    Some(id) => self.follow_after(id)?,
                    None => self.state = State::Following,
                }
                if lines > 0 && self.filtered && greatest.is_some() {
                    self.state = State::Matching { lines };
                    Vec::new()
                } else {
                    self.in_order(&events, lines, None)
                }
            }
            State::Matching { lines } => {
                self.state = State::Following;
                // What is newer than the checkpoint comes by itself.
                let checkpoint = self.checkpoint.clone();
                self.in_order(&events, lines, checkpoint.as_deref())
            }
            State::Oldest | State::Following | State::Ended => {
                if !events.is_empty() || link.is_some() {
                    let next = link.and_then(cursor_of).or_else(|| greatest.map(str::to_owned));
                    self.set_checkpoint(&next.ok_or_else(leads_nowhere)?)?;
                }
                self.in_order(&events, events.len(), None)
            }
        };
        if following {
            let fill = if events.len() >= PAGE && self.checkpoint != before {
                Fill::Full
            } else if rows.is_empty() {
                Fill::Empty
            } else {
                Fill::Part
            };
            if self.is_past_end(&events, fill, now) {
                self.state = State::Ended;
            } else {
                self.wait = Some(pace::wait(fill, budget)).filter(|wait| !wait.is_zero());
            }
        } else if self.state == State::Following && self.checkpoint.is_none() {
            self.wait = Some(pace::wait(Fill::Empty, budget));
        }
        self.by_checkpoint = following;
        self.answered = true;
        self.failures = 0;
        Ok(rows)
    }

    /// Decides what a failed request means. Before the first answer every failure is final: the
    /// command line or the profile may be at fault.
    pub(crate) fn failed(&mut self, error: &Error) -> Failure {
        match error.kind() {
            _ if !self.answered => Failure::Final,
            ErrorKind::Unavailable | ErrorKind::RateLimited => {
                self.failures = self.failures.saturating_add(1);
                self.wait = Some(pace::after_failure(self.failures));
                Failure::Passing
            }
            // If it happens again at once, the fault is another.
            ErrorKind::NotFound | ErrorKind::Rejected
                if self.by_checkpoint && self.checkpoint.is_some() =>
            {
                self.lost = self.checkpoint.take();
                self.state = State::Oldest;
                self.by_checkpoint = false;
                Failure::Lost
            }
            _ => Failure::Final,
        }
    }

    /// Whether nothing before the end is still to come.
    fn is_past_end(&self, events: &[LogEvent<'_>], fill: Fill, now: Timestamp) -> bool {
        let Some(end) = self.until.and_then(|at| at.checked_add(LATE_AT_END).ok()) else {
            return false;
        };
        let is_after =
            |event: &LogEvent<'_>| when::of_event(&event.date).is_some_and(|at| at >= end);
        if fill == Fill::Full { events.iter().all(is_after) } else { now >= end }
    }

    fn follow_after(&mut self, id: &str) -> Result<(), Error> {
        self.state = State::Following;
        self.set_checkpoint(id)
    }

    fn set_checkpoint(&mut self, id: &str) -> Result<(), Error> {
        if id.len() > MAX_CURSOR {
            return Err(leads_nowhere());
        }
        self.checkpoint = Some(id.to_owned());
        Ok(())
    }

    /// The first `most` events that are new and, if there is a bound, up to it: in order of their
    /// IDs. IDs of different lengths have no order of their own and stay as they came.
    fn in_order(
        &mut self,
        events: &[LogEvent<'_>],
        most: usize,
        up_to: Option<&str>,
    ) -> Vec<usize> {
        let comparable = events.windows(2).all(|pair| pair[0].id.len() == pair[1].id.len());
        let mut rows: Vec<usize> = (0..events.len())
            .take(most)
            .filter(|at| up_to.is_none_or(|bound| &*events[*at].id <= bound))
            .filter(|at| self.is_new(&events[*at].id))
            .collect();
        if comparable {
            rows.sort_by(|a, b| events[*a].id.cmp(&events[*b].id));
        }
        rows
    }

    /// Remembers an event. `false` if it has been there before.
    fn is_new(&mut self, id: &str) -> bool {
        let old =
            self.lost.as_ref().is_some_and(|lost| id.len() == lost.len() && id <= lost.as_str());
        !old && self.known.insert(id)
    }
}

fn leads_nowhere() -> Error {
    Error::new(ErrorKind::Unavailable, "the log does not say where to read on")
        .because("an event has no usable log_id, and the answer has no link to the next page")
}
