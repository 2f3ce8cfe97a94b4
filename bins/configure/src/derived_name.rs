//! Names of profiles and sessions that are derived from other names, such as those of accounts.

/// Returns a name with ASCII letters, digits and `_.@+-` only. The AWS CLI and all SDKs read such a
/// name, and no shell treats a part of it specially. Each sequence of other characters becomes a
/// hyphen. Hyphens at the start and the end are removed.
///
/// The result is empty if `text` contains no other allowed character.
pub(crate) fn derived_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || "_.@+-".contains(character) {
            name.push(character);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::derived_name;

    #[test]
    fn derived_names_contain_only_allowed_characters() {
        let check = |text: &str, name: &str| assert_eq!(derived_name(text), name, "{text}");
        check("a_b.c@d+e-f.G9", "a_b.c@d+e-f.G9");
        check("ACME | Prod (EU)", "ACME-Prod-EU");
        check("zz$(touch /tmp/p)", "zz-touch-tmp-p");
        check("a/b:c%d=e,f", "a-b-c-d-e-f");
        check(
            "it's `x` \"y\" \\ ! ~ # * ? [z] {q} < > & ; |",
            "it-s-x-y-z-q",
        );
        check("one\ntwo\u{1b}[31m", "one-two-31m");
        check("-n", "n");
        check("Büro", "B-ro");
        check("本番", "");
        check("", "");
    }
}
