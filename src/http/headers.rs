//! Reads the `Link` response header, which has the URL of the next page.

/// Longer `Link` headers are ignored. The API's headers contain two or three URLs.
const LINK_MAX: usize = 16 * 1024;

/// The target of the `rel="next"` link in a `Link` header (RFC 8288 §3), unchanged. The caller must
/// check it: it comes from a server and may point to another one.
pub fn next_link(header: &str) -> Option<&str> {
    if header.len() > LINK_MAX {
        return None;
    }
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (target, after) = rest.strip_prefix('<')?.split_once('>')?;
        let (is_next, after) = is_next(after)?;
        if is_next {
            return Some(target);
        }
        rest = after;
    }
}

/// Reads a link's parameters up to the comma that ends them. Returns whether they contain
/// `rel=next`, and the rest of the header. `None` if they are malformed, because then the next link
/// cannot be found.
fn is_next(mut rest: &str) -> Option<(bool, &str)> {
    let mut relation = None;
    let mut anchored = false;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() || rest.starts_with(',') {
            let next = |names: &str| {
                names.split_ascii_whitespace().any(|name| name.eq_ignore_ascii_case("next"))
            };
            return Some((!anchored && relation.is_some_and(next), rest));
        }
        rest = rest.strip_prefix(';')?.trim_start();
        let (name, after) = rest.split_at(rest.find(['=', ';', ',']).unwrap_or(rest.len()));
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after.trim_start())?,
            None => ("", after),
        };
        match name.trim() {
            // A second `rel` is ignored (§3.3), and so is a link with another context (§3.2).
            name if name.eq_ignore_ascii_case("rel") => relation = relation.or(Some(value)),
            name if name.eq_ignore_ascii_case("anchor") => anchored = true,
            _ => {}
        }
        rest = after;
    }
}

/// Reads a token or quoted string. Returns it and the rest. Escapes are not decoded, because
/// relation names have none.
fn value(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, after) = text.split_at(text.find([';', ',']).unwrap_or(text.len()));
        return Some((value.trim_end(), after));
    };
    let mut escaped = false;
    let end = quoted.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((&quoted[..end], &quoted[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::test_random::Random;

    #[test]
    fn the_next_link_is_found_among_others() {
        let next = "https://acme.auth0.com/api/v2/logs?from=90020&take=100";
        for header in [
            format!("<{next}>; rel=\"next\""),
            format!("<{next}>; rel=next"),
            format!("<{next}>;REL=NEXT"),
            format!("<{next}> ; title=\"a, <b>; \\\" c\" ; rel = \"last next\""),
            format!("</first>; rel=first, <{next}>; rel=\"next\", </last>; rel=last"),
            format!(", ,<>; rel=prev ,<{next}>; flag; rel=next"),
        ] {
            assert_eq!(next_link(&header), Some(next), "{header}");
        }
    }

    #[test]
    fn other_links_are_not_next() {
        for header in [
            "",
            "<",
            "<a",
            "<a>",
            "<a>; rel",
            "<a>; rel=",
            "<a>; rel=nextpage",
            "<a>; rel=prev; rel=next",
            "<a>; rel=next; anchor=\"/other\"",
            "<a>; title=\"rel=next",
            "<a>; title=\"; rel=next\"",
            "a; rel=next",
            "<a> rel=next",
            "<a>; rel=prev <b>; rel=next",
            "\u{fe0f}<a>; rel=next",
        ] {
            assert_eq!(next_link(header), None, "{header}");
        }
        let long = format!("<{}>; rel=next", "a".repeat(LINK_MAX));
        assert_eq!(next_link(&long), None);
    }

    #[test]
    fn malformed_link_headers_do_not_panic() {
        let mut random = Random::new(8288);
        let parts = ["<", ">", ";", ",", "\"", "\\", "=", " ", "rel", "next", "é", "a", "anchor"];
        for _ in 0..20_000 {
            let header: String =
                (0..random.below(24)).map(|_| parts[random.below(parts.len())]).collect();
            if let Some(target) = next_link(&header) {
                assert!(header.contains(&format!("<{target}>")), "{header}");
            }
        }
    }
}
