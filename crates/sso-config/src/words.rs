//! Command lines split into words, without a shell: nothing is expanded, and `|`, `;` and `>` are
//! ordinary characters.

use aws_config_parse::split_words;

/// Splits `line` by the rules of the operating system, like botocore's `compat_shell_split`.
/// Returns `None` if a quote is not closed.
pub(crate) fn split(line: &str) -> Option<Vec<String>> {
    if cfg!(windows) {
        split_windows(line)
    } else {
        split_words(line)
    }
}

/// Splits `line` like the C runtime of Windows ("Parsing C command-line arguments"). Only spaces
/// and tabs separate words, and only double quotes quote. Backslashes are ordinary characters
/// unless a double quote follows them: then each pair is one backslash, and a remaining single
/// backslash makes the quote an ordinary character.
fn split_windows(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let backslashes = rest.len() - rest.trim_start_matches('\\').len();
        if backslashes > 0 {
            rest = &rest[backslashes..];
            let precedes_quote = rest.starts_with('"');
            let count = if precedes_quote {
                backslashes / 2
            } else {
                backslashes
            };
            let word = word.get_or_insert_default();
            word.extend(std::iter::repeat_n('\\', count));
            if precedes_quote && backslashes % 2 == 1 {
                word.push('"');
                rest = &rest[1..];
            }
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' | '\t' if !is_quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (!is_quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::split_windows;

    const FIXTURE: &str = include_str!("../../../fixtures/process-words.json");

    #[derive(serde::Deserialize)]
    struct Row {
        line: String,
        windows: Option<Vec<String>>,
    }

    #[test]
    fn windows_command_lines_are_split_as_in_botocore() {
        let rows: Vec<Row> = serde_json::from_str(FIXTURE).expect("the fixture is JSON");
        assert!(rows.len() > 500, "{}", rows.len());
        for row in rows {
            assert_eq!(split_windows(&row.line), row.windows, "{:?}", row.line);
        }
    }
}
