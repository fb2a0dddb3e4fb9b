use super::*;

fn redacted(text: &str, secret: &str) -> String {
    secrets::redacted(Cow::Borrowed(text), &Secret::new(secret)).into_owned()
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
