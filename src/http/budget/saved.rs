//! The budget as text, for a file. A malformed text is treated as an empty budget.

use std::fmt::Write as _;

use super::{BucketKey, Budget, InFlight, LimitReport, MAX_KEPT, RateLimit};

const FIRST_LINE: &str = "auth0-suite rate 1";
const LAST_LINE: &str = "end";

impl Budget {
    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\npaced {}\n", self.paced);
        for LimitReport { endpoint: BucketKey { api, path }, at, limit } in &self.reports {
            let _ = write!(text, "report {api} {path} {at}");
            if let Some(RateLimit { size, remaining, resets }) = limit {
                let _ = write!(text, " {size} {remaining} {resets}");
            }
            text.push('\n');
        }
        for InFlight { owner, number, endpoint: BucketKey { api, path }, sent } in &self.in_flight {
            let _ = writeln!(text, "flight {api} {path} {owner} {number} {sent}");
        }
        text.push_str(LAST_LINE);
        text.push('\n');
        text
    }

    /// Reads what [`Budget::to_text`] wrote. Text after the last line is the rest of an older,
    /// longer text, and is ignored.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        (lines.next()? == FIRST_LINE).then_some(())?;
        let mut budget = Self::default();
        loop {
            let line = lines.next()?;
            if line == LAST_LINE {
                return Some(budget);
            }
            let (what, numbers) = line.split_once(' ')?;
            let numbers = numbers.split(' ').map(|number| number.parse().ok());
            let numbers = numbers.collect::<Option<Vec<u64>>>()?;
            let small = |number: &u64| u32::try_from(*number).ok();
            let endpoint =
                |api: &u64, path: &u64| Some(BucketKey { api: small(api)?, path: small(path)? });
            match (what, &*numbers) {
                ("paced", [paced]) => budget.paced = *paced,
                ("report", [api, path, at]) => {
                    budget.reports.push(LimitReport {
                        endpoint: endpoint(api, path)?,
                        at: *at,
                        limit: None,
                    });
                }
                ("report", [api, path, at, size, remaining, resets]) if *size > 0 => {
                    let limit = Some(RateLimit {
                        size: small(size)?,
                        remaining: small(remaining.min(size))?,
                        resets: *resets,
                    });
                    budget.reports.push(LimitReport {
                        endpoint: endpoint(api, path)?,
                        at: *at,
                        limit,
                    });
                }
                ("flight", [api, path, owner, number, sent]) => budget.in_flight.push(InFlight {
                    owner: small(owner)?,
                    number: small(number)?,
                    endpoint: endpoint(api, path)?,
                    sent: *sent,
                }),
                _ => return None,
            }
            if budget.reports.len().max(budget.in_flight.len()) > MAX_KEPT {
                return None;
            }
        }
    }
}
