//! Queries in Lucene's syntax that are combined with conditions of ours.

use crate::base::error::Error;

/// The query as one group, which cannot reach beyond its parentheses.
///
/// # Errors
/// Usage, if a parenthesis or a quote in it is open or closes nothing.
pub(crate) fn group(query: &str) -> Result<String, Error> {
    // A slash may begin a regular expression, in which nothing else counts. Which it is depends on
    // the search, so the query must be balanced either way.
    if is_balanced(query, false) && is_balanced(query, true) {
        return Ok(format!("({query})"));
    }
    Err(Error::usage("invalid value for --query")
        .because("a parenthesis or a quote in it is not closed, or closes nothing")
        .hint("write it like: -q 'name:(ann OR ben) AND email:\"*@acme.example\"'"))
}

fn is_balanced(query: &str, has_expressions: bool) -> bool {
    let mut depth = 0_usize;
    let mut within = None;
    let mut chars = query.chars();
    while let Some(c) = chars.next() {
        match (within, c) {
            (_, '\\') => {
                if chars.next().is_none() {
                    return false;
                }
            }
            (Some(end), c) if c == end => within = None,
            (Some(_), _) => {}
            (None, '"') => within = Some('"'),
            (None, '/') if has_expressions => within = Some('/'),
            (None, '(') => depth += 1,
            (None, ')') => match depth.checked_sub(1) {
                Some(left) => depth = left,
                None => return false,
            },
            (None, _) => {}
        }
    }
    depth == 0 && within.is_none()
}

#[cfg(test)]
mod tests {
    use super::group;

    #[test]
    fn a_group_holds_its_whole_query() {
        for query in ["a:b", "a:(b OR c)", "a:\"(\" OR b:\\)", "a:\"x\\\"y\"", "(a) OR ((b))"] {
            assert_eq!(group(query).unwrap(), format!("({query})"));
        }
        for query in
            ["a:x) OR (b:*", "(a", "a)", "a:\"b", "a\\", "/\"/ ) OR ( /\"/", "/x/ ) OR ( /", "a/b"]
        {
            assert!(group(query).is_err(), "{query}");
        }
    }
}
