//! Quoting of a value for all shells of the platform.

/// Returns `value` quoted for the shells of this platform; `None` if it cannot be pasted.
pub(super) fn quote(value: &str) -> Option<String> {
    if !is_printable(value) {
        None
    } else if is_plain(value) {
        Some(value.to_owned())
    } else if cfg!(windows) {
        for_windows(value)
    } else {
        Some(for_unix(value))
    }
}

/// Returns whether a terminal shows `value` unchanged, and a paste inserts it unchanged.
fn is_printable(value: &str) -> bool {
    let is_escaped_in_any_case = |c: &char| matches!(c, '\\' | '\'' | '"');
    let others = value.chars().filter(|c| !is_escaped_in_any_case(c));
    // The letter, because a combining character is escaped only at the beginning.
    let others: String = std::iter::once('x').chain(others).collect();
    others.escape_debug().eq(others.chars())
}

/// Returns whether no shell needs quotes for `value`. At the beginning, `=` is special in zsh, `@` in
/// PowerShell.
fn is_plain(value: &str) -> bool {
    let is_plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '+' | '=')
    };
    !value.is_empty() && !value.starts_with(['=', '@']) && value.chars().all(is_plain)
}

/// Encloses `value` in single quotes, except backslashes, which fish escapes there, `!`, which is a
/// history substitution there in tcsh, and single quotes. A backslash before them means the same in
/// all shells.
fn for_unix(value: &str) -> String {
    let mut quoted = String::new();
    let mut is_open = false;
    for character in value.chars() {
        let is_escaped = matches!(character, '\\' | '\'' | '!');
        if is_escaped == is_open {
            quoted.push('\'');
            is_open = !is_open;
        }
        if is_escaped {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    match (value.is_empty(), is_open) {
        (true, _) => quoted.push_str("''"),
        (false, true) => quoted.push('\''),
        (false, false) => {}
    }
    quoted
}

/// Encloses `value` in double quotes, if it contains no character that is special there in cmd or
/// PowerShell, or at the end for the parser of the program.
fn for_windows(value: &str) -> Option<String> {
    let special = |c| matches!(c, '"' | '%' | '!' | '$' | '`' | '\u{201c}'..='\u{201e}');
    let is_quotable = !value.contains(special) && !value.ends_with('\\');
    is_quotable.then(|| format!("\"{value}\""))
}

#[cfg(test)]
mod tests {
    use super::{for_unix, for_windows, is_plain, is_printable};

    #[test]
    fn unix_shells_get_single_quotes_and_backslashes() {
        let check = |value: &str, expected: &str| assert_eq!(for_unix(value), expected, "{value}");
        check("", "''");
        check("two words", "'two words'");
        check("it's", r"'it'\''s'");
        check("hey!", r"'hey'\!");
        check("!$", r"\!'$'");
        check(r"a\b", r"'a'\\'b'");
        check("'", r"\'");
        check("größe", "'größe'");
    }

    #[test]
    fn windows_shells_get_double_quotes_if_possible() {
        let check = |value: &str, expected: Option<&str>| {
            assert_eq!(for_windows(value).as_deref(), expected, "{value}");
        };
        check("", Some("\"\""));
        check("two & words", Some("\"two & words\""));
        check("it's", Some("\"it's\""));
        check(r"C:\a b\c", Some("\"C:\\a b\\c\""));
        for value in ["%PATH%", "a$(b)", "a`b", "say \"x\"", r"a b\", "wow!"] {
            check(value, None);
        }
    }

    #[test]
    fn plain_values_need_no_quotes() {
        for value in ["dev", "my-sso_1.2/a:b@c+d", "a=b", "-x"] {
            assert!(is_plain(value), "{value}");
        }
        for value in ["", "=ls", "@x", "~", "a b", "a,b", "%1", "{a}", "^", "é"] {
            assert!(!is_plain(value), "{value}");
        }
    }

    #[test]
    fn values_with_hidden_characters_are_not_printable() {
        for value in [
            "a\nb",
            "\t",
            "a\u{1b}[31m",
            "a\u{200b}b",
            "\u{202e}x",
            "a\u{a0}b",
        ] {
            assert!(!is_printable(value), "{value:?}");
        }
        for value in [
            "a  b", "größe", "e\u{301}", "\u{301}", "日本", r#"'\""#, "🦀",
        ] {
            assert!(is_printable(value), "{value:?}");
        }
    }
}
