use super::*;

#[test]
fn cells_are_cut_by_columns_not_by_characters() {
    for (text, width, expected) in [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("日本語", 2, "…"),
        ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
        ("👩\u{200d}🔬 lab", 6, "👩\u{200d}🔬 lab"),
        ("👩\u{200d}🔬 lab", 3, "👩\u{200d}🔬…"),
    ] {
        let mut out = String::new();
        push_cut(text, width, &mut out);
        assert_eq!(out, expected, "{text} in {width}");
        assert!(out.width() <= width);
    }
}

#[test]
fn a_pile_of_combining_marks_is_cut() {
    let heap = "\u{301}".repeat(100_000) + "abc";
    let mut out = String::new();
    push_cut(&heap, 2, &mut out);
    assert_eq!(out.width(), 2);
}
