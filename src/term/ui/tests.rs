use super::*;

fn redacted(text: &str, secret: &str) -> String {
    secrets::redacted(Cow::Borrowed(text), &Secret::new(secret)).into_owned()
}

/// As a console of Windows that cannot be made to obey escape sequences, or none at all.
#[test]
fn without_escape_sequences_there_is_no_color_and_no_status_line() {
    let ui = |terminal, obeys, color| {
        let options = UiOptions { color, ..UiOptions::default() };
        Ui::new(options, terminal, obeys, Env)
    };
    assert!(ui(true, true, Color::Auto).shows_status());
    assert!(ui(true, true, Color::Always).is_colored());
    for (terminal, obeys) in [(true, false), (false, true), (false, false)] {
        let ui = ui(terminal, obeys, Color::Auto);
        assert!(!ui.shows_status(), "{terminal} {obeys}");
        assert_eq!(ui.is_colored(), Color::Auto.wanted(false, Env), "{terminal} {obeys}");
    }
    let never = ui(true, true, Color::Never);
    assert!(!never.shows_status() && !never.is_colored());
}

#[test]
fn a_status_line_is_cut_to_one_line() {
    assert_eq!(fitting("waiting …", 9), "waiting …");
    assert_eq!(fitting("waiting for it", 8), "waiting…");
    assert_eq!(fitting("日本語", 5), "日本…");
}

#[test]
fn whole_and_cut_secrets_are_redacted() {
    let secret = "0123456789abcdefGHIJ";
    assert_eq!(redacted(&format!("a {secret} b {secret}"), secret), "a [redacted] b [redacted]");
    assert_eq!(redacted("is 0123456789abcdefGH…", secret), "is [redacted]…");
    assert_eq!(redacted("is 0123456789abcdeX", secret), "is 0123456789abcdeX");
    assert_eq!(redacted("hunter22 é", "hunter22"), "[redacted] é");
    assert_eq!(redacted("ééééééééé!", "ééééééééé"), "[redacted]!");
}
