//! Character set of the shells of the user.

use std::ffi::OsString;

/// Returns whether shells read all characters, by the locale of this process. In a locale without
/// UTF-8, the line editor of tcsh takes the bytes of other characters than ASCII as commands, and that
/// of zsh replaces them.
#[expect(
    clippy::disallowed_methods,
    reason = "only a command with other characters than ASCII depends on the locale"
)]
pub(super) fn has_all_characters() -> bool {
    cfg!(windows) || is_utf8(std::env::var_os)
}

/// Returns whether the variables of a POSIX locale select UTF-8. Empty variables are unset.
fn is_utf8(variable: impl Fn(&'static str) -> Option<OsString>) -> bool {
    let values = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(variable);
    let locale = values.into_iter().find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default();
    let name = locale.to_str().unwrap_or_default();
    let name = name.split('@').next().unwrap_or_default();
    // On macOS, the complete value can be `UTF-8`.
    let charset = name.rsplit('.').next().unwrap_or_default();
    ["utf-8", "utf8"]
        .iter()
        .any(|it| charset.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::is_utf8;

    #[test]
    fn the_first_variable_that_is_set_selects_the_character_set() {
        let check = |variables: [&str; 3], expected: bool| {
            let value = |name| match name {
                "LC_ALL" => variables[0],
                "LC_CTYPE" => variables[1],
                _ => variables[2],
            };
            // An empty variable means the same as none.
            assert_eq!(
                is_utf8(|name| Some(value(name).into())),
                expected,
                "{variables:?}"
            );
            let set = |name| Some(value(name)).filter(|it| !it.is_empty());
            assert_eq!(
                is_utf8(|name| set(name).map(Into::into)),
                expected,
                "{variables:?}"
            );
        };
        check(["", "", "C.UTF-8"], true);
        check(["", "UTF-8", "C"], true);
        check(["de_DE.utf8", "C", "C"], true);
        check(["", "", "ca_ES.UTF-8@valencia"], true);
        check(["", "", ""], false);
        check(["C", "C.UTF-8", "C.UTF-8"], false);
        check(["", "POSIX", "C.UTF-8"], false);
        check(["", "", "de_DE.ISO-8859-1"], false);
        check(["", "", "de_DE@euro"], false);
        check(["", "", "en_US"], false);
    }

    #[cfg(unix)]
    #[test]
    fn a_locale_that_is_not_unicode_is_not_utf8() {
        use std::ffi::OsString;
        use std::os::unix::ffi::OsStringExt as _;

        let locale = |_| Some(OsString::from_vec(b"\xe9.UTF-8".to_vec()));
        assert!(!is_utf8(locale));
    }
}
