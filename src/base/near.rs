//! Suggestions: the names nearest to what a person typed.

/// Collects the names that are most similar to a text.
pub(crate) struct Near {
    typed: String,
    /// `typed` in lower case.
    wanted: String,
    /// The largest edit distance that still counts as similar.
    reach: usize,
    best: Vec<(usize, String)>,
}

impl Near {
    const MOST: usize = 3;

    /// Starts with no names.
    pub(crate) fn new(wanted: &str) -> Self {
        let typed = wanted.to_owned();
        let wanted = typed.to_lowercase();
        let reach = 1 + wanted.chars().count().min(64) / 4;
        Self { typed, wanted, reach, best: Vec::new() }
    }

    /// Considers a name as a suggestion. The text itself is skipped: it may be a right name that
    /// the tenant does not have.
    pub(crate) fn offer(&mut self, name: &str) {
        if name == self.typed {
            return;
        }
        let lower = name.to_lowercase();
        let apart = if lower == self.wanted {
            Some(0)
        } else if self.wanted.chars().count() > 2 && lower.contains(&self.wanted) {
            Some(2)
        } else {
            distance(&self.wanted, &lower, self.reach)
        };
        let Some(apart) = apart else { return };
        if self.best.iter().any(|(_, other)| other == name) {
            return;
        }
        let place = self.best.partition_point(|(other, _)| *other <= apart);
        self.best.insert(place, (apart, name.to_owned()));
        self.best.truncate(Self::MOST);
    }

    /// At most three names, the most similar first.
    pub(crate) fn names(self) -> Vec<String> {
        self.best.into_iter().map(|(_, name)| name).collect()
    }
}

/// Levenshtein distance between two texts, or `None` if it is greater than `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    const LONGEST: usize = 256;
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(LONGEST).collect(), b.chars().take(LONGEST).collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = corner + usize::from(left != right);
            corner = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(corner + 1);
        }
    }
    Some(row[b.len()]).filter(|apart| *apart <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_suggested() {
        let mut near = Near::new("verify_email");
        for name in ["verify_email", "verify_email_by_code", "Verify_Email"] {
            near.offer(name);
        }
        assert_eq!(near.names(), ["Verify_Email", "verify_email_by_code"]);
    }

    #[test]
    fn edits_are_counted_up_to_the_limit() {
        assert_eq!(distance("kitten", "sitting", 3), Some(3));
        assert_eq!(distance("kitten", "sitting", 2), None);
        assert_eq!(distance("", "ab", 2), Some(2));
        assert_eq!(distance("ab", "ab", 0), Some(0));
    }
}
