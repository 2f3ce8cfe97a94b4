use sso_types::{escaped, escaped_untruncated, sanitize};

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
    assert_eq!(escaped(&text), "ü".repeat(500) + "…");
    assert_eq!(escaped_untruncated(&format!(" {text}\n")), text);
}

#[test]
fn escaped_shows_hidden_characters_as_escapes() {
    fn check(text: &str, expected: &str) {
        assert_eq!(escaped(text), expected, "{text:?}");
    }
    check("esc\u{1b}[31mX", r"esc\u{1b}[31mX");
    check("a\n\u{85} b\u{202e}", r"a b\u{202e}");
    check("日本 🧑‍🚀", "日本 🧑‍🚀");
}
