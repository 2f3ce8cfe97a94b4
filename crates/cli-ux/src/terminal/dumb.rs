//! Terminals without escape sequences, such as the shell of Emacs.

use std::ffi::OsStr;

/// Returns whether the terminal would show escape sequences as text: `TERM` is `dumb`, or unset except on
/// Windows.
#[expect(
    clippy::disallowed_methods,
    reason = "prompts do not depend on the config"
)]
pub(crate) fn is_dumb() -> bool {
    is_dumb_terminal(std::env::var_os("TERM").as_deref())
}

fn is_dumb_terminal(term: Option<&OsStr>) -> bool {
    match term {
        Some(term) if !term.is_empty() => term == "dumb",
        _ => cfg!(not(windows)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_dumb_terminal;

    #[test]
    fn a_terminal_without_a_type_is_dumb_except_on_windows() {
        let check = |term: Option<&str>, expected| {
            assert_eq!(
                is_dumb_terminal(term.map(AsRef::as_ref)),
                expected,
                "{term:?}"
            );
        };
        check(Some("dumb"), true);
        check(Some("xterm-256color"), false);
        check(Some("dumb-color"), false);
        check(Some(""), cfg!(not(windows)));
        check(None, cfg!(not(windows)));
    }
}
