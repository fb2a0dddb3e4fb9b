//! The response header that steers a walk through the API: `Link`.

/// Longer `Link` headers are not read: the API's hold two or three addresses.
const LINK_MAX: usize = 16 * 1024;

/// The target of the `rel="next"` link of a `Link` header (RFC 8288 §3), as it stands there. The
/// caller decides what to believe of it: it is text from a server, perhaps another server's address.
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

/// Reads a link's parameters up to the comma that ends them: whether they say `rel=next`, and what
/// is left. Nothing if they are malformed, since then no one knows where the next link begins.
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
            // A second `rel` does not count (§3.3), a link with another context is not ours (§3.2).
            name if name.eq_ignore_ascii_case("rel") => relation = relation.or(Some(value)),
            name if name.eq_ignore_ascii_case("anchor") => anchored = true,
            _ => {}
        }
        rest = after;
    }
}

/// A token or quoted string, and what follows it. Escapes stay as they are: no relation needs one.
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
    fn next_is_found_among_links() {
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
    fn any_link_header_is_survived() {
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
