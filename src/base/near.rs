//! The names nearest to what was typed.

/// The names nearest to a text, as they come by.
pub struct Near {
    wanted: String,
    /// How many letters apart a name may be.
    reach: usize,
    best: Vec<(usize, String)>,
}

impl Near {
    const MOST: usize = 3;

    /// Nothing has come by yet.
    pub fn new(wanted: &str) -> Self {
        let wanted = wanted.to_lowercase();
        let reach = 1 + wanted.chars().count().min(64) / 4;
        Self { wanted, reach, best: Vec::new() }
    }

    /// Takes note of a name.
    pub fn offer(&mut self, name: &str) {
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

    /// The nearest first; few, or none.
    pub fn names(self) -> Vec<String> {
        self.best.into_iter().map(|(_, name)| name).collect()
    }
}

/// How many letters must be put in, taken out or replaced; `None` past `most`.
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
    fn distances() {
        assert_eq!(distance("kitten", "sitting", 3), Some(3));
        assert_eq!(distance("kitten", "sitting", 2), None);
        assert_eq!(distance("", "ab", 2), Some(2));
        assert_eq!(distance("ab", "ab", 0), Some(0));
    }
}
