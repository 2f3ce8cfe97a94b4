use sso_types::{sanitize, sanitize_untruncated};

#[test]
fn sanitize_returns_one_line_without_hidden_characters() {
    fn check(text: &str, expected: &str) {
        assert_eq!(sanitize(text), expected, "{text:?}");
    }
    check("", "");
    check("Rechnungswesen (日本) 🧑‍🚀", "Rechnungswesen (日本) 🧑‍🚀");
    check(" \n a\r\n\tb\u{2028}c\u{a0}d \u{85}", "a b c d");
    check("a\u{1b}[2Jb\u{7}\u{0}\u{7f}\u{9b}c", "a[2Jbc");
    check(
        "\u{202e}txt.exe\u{202c}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}",
        "txt.exe",
    );
    check("a\u{200b}\u{2060}\u{feff}\u{ad}\u{e0041}b", "ab");
    check("a \u{200b} b", "a b");
    check("\u{200b}", "");
}

#[test]
fn sanitize_truncates_long_text() {
    assert_eq!(sanitize(&"ü".repeat(500)), "ü".repeat(500));
    assert_eq!(sanitize(&"ü".repeat(501)), "ü".repeat(500) + "…");
    let text = "ü".repeat(501);
    assert_eq!(sanitize_untruncated(&format!("\u{1b} {text}\n")), text);
}
