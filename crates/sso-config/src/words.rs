//! A command line as words. No shell has a part in it: nothing is expanded, and `|`, `;`, `>` are
//! words as any other.

/// Splits `line` by the rules of the system, as botocore's `compat_shell_split` does. `None` where
/// a quote is not closed.
pub(crate) fn split(line: &str) -> Option<Vec<String>> {
    if cfg!(windows) {
        split_windows(line)
    } else {
        split_posix(line)
    }
}

/// As Python's `shlex.split`: between single quotes everything is itself; between double quotes a
/// backslash is, unless a double quote or another backslash follows; elsewhere a backslash makes
/// the next character a plain one.
fn split_posix(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => quoted(&mut rest, word.get_or_insert_default())?,
            '"' => double_quoted(&mut rest, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(rest.next()?),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// Takes what is before the closing quote.
fn quoted(rest: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    let (inside, after) = rest.as_str().split_once('\'')?;
    word.push_str(inside);
    *rest = after.chars();
    Some(())
}

fn double_quoted(rest: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    loop {
        match rest.next()? {
            '"' => return Some(()),
            '\\' => match rest.next()? {
                c @ ('"' | '\\') => word.push(c),
                c => word.extend(['\\', c]),
            },
            c => word.push(c),
        }
    }
}

/// As the C runtime of Windows does ("Parsing C command-line arguments"): only spaces and tabs
/// divide, only double quotes quote, and backslashes are themselves unless a double quote follows
/// them. Then each pair is one, and one that is left makes the quote a plain character.
fn split_windows(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let backslashes = rest.len() - rest.trim_start_matches('\\').len();
        if backslashes > 0 {
            rest = &rest[backslashes..];
            let leads_to_quote = rest.starts_with('"');
            let kept = if leads_to_quote {
                backslashes / 2
            } else {
                backslashes
            };
            let word = word.get_or_insert_default();
            word.extend(std::iter::repeat_n('\\', kept));
            if leads_to_quote && backslashes % 2 == 1 {
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
    use super::{split_posix, split_windows};

    const FIXTURE: &str = include_str!("../../../fixtures/process-words.json");

    #[derive(serde::Deserialize)]
    struct Row {
        line: String,
        unix: Option<Vec<String>>,
        windows: Option<Vec<String>>,
    }

    #[test]
    fn lines_are_split_as_botocore_splits_them() {
        let rows: Vec<Row> = serde_json::from_str(FIXTURE).expect("the fixture is JSON");
        assert!(rows.len() > 500, "{}", rows.len());
        for row in rows {
            assert_eq!(split_posix(&row.line), row.unix, "{:?}", row.line);
            assert_eq!(split_windows(&row.line), row.windows, "{:?}", row.line);
        }
    }
}
