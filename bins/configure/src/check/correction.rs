//! Corrections of values that are certain.

use sso_config::similar::closest;
use sso_session::start_url::is_start_url;
use sso_types::is_hidden;

use super::syntax::{ACCOUNT_SCOPE, Syntax, is_one_of, reserved_role, without_quotes};
use crate::checks;
use crate::regions;

impl Syntax {
    /// Returns the valid value that the text certainly stands for.
    pub(super) fn corrected(self, value: &str) -> Option<String> {
        let shown = as_shown(value)?;
        let text = match self {
            Self::Command => &shown,
            _ => unquoted(&shown)?.trim(),
        };
        let corrected = match self {
            Self::Choice(choices) | Self::CaseSensitive(choices) => choice(choices, text),
            Self::Boolean => choice(&["true", "false"], text),
            Self::AccountId => without_separators(text),
            Self::RoleName => reserved_role(text).unwrap_or(text).to_owned(),
            Self::Region => region(text),
            Self::Scopes => corrected_scopes(text)
                .filter(|scopes| checks::split_scopes(scopes).all(is_usual_scope))
                .unwrap_or_else(|| text.to_owned()),
            Self::StartUrl => with_https(text),
            _ => text.to_owned(),
        };
        (corrected != value && !corrected.is_empty() && self.accepts(&corrected))
            .then_some(corrected)
    }
}

/// Returns the text as an editor shows it, without white space at its ends. Returns `None` if that is not
/// certain: characters divide it into lines, reorder it or control a terminal.
fn as_shown(value: &str) -> Option<String> {
    let is_invisible = |c: char| {
        matches!(
            c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}'
        )
    };
    let shown: String = value.chars().filter(|it| !is_invisible(*it)).collect();
    (!shown.contains(is_hidden)).then(|| shown.trim().to_owned())
}

/// Returns the text without quotes around it; `None` if the text consists of several quoted texts.
fn unquoted(text: &str) -> Option<&str> {
    let Some(inner) = without_quotes(text) else {
        return Some(text);
    };
    let is_quote = |c: char| text.starts_with(c) || text.ends_with(c);
    (!inner.contains(is_quote)).then_some(inner)
}

/// Returns the known Region in its spelling, or the text.
fn region(text: &str) -> String {
    let region = text.to_lowercase().replace(['_', ' '], "-");
    if regions::is_known(&region) {
        region
    } else {
        text.to_owned()
    }
}

/// Returns the digits of groups of one length, such as `1111-2222-3333`, or the text.
fn without_separators(text: &str) -> String {
    let groups: Vec<_> = text.split(['-', ' ']).collect();
    let is_even = groups.iter().all(|it| it.len() == groups[0].len());
    if is_even {
        groups.concat()
    } else {
        text.to_owned()
    }
}

/// Returns the choice in its case, or the text.
fn choice(choices: &[&str], text: &str) -> String {
    let mut choices = choices.iter();
    let choice = choices.find(|choice| choice.eq_ignore_ascii_case(text));
    choice.map_or(text, |choice| *choice).to_owned()
}

/// Returns an AWS access portal's URL with the scheme `https`. Other hosts may have no TLS.
fn with_https(text: &str) -> String {
    let mut rest = text;
    while let Some((scheme, after)) = rest.split_once("://") {
        if !is_one_of(&["http", "https"], scheme) {
            return text.to_owned();
        }
        rest = after;
    }
    let host = rest.split('/').next().unwrap_or_default();
    let is_portal = [".awsapps.com", ".awsapps.cn", ".app.aws"];
    if is_portal.iter().any(|suffix| host.ends_with(suffix))
        && is_start_url(&format!("https://{rest}"))
    {
        format!("https://{rest}")
    } else {
        text.to_owned()
    }
}

/// Returns the scopes separated by commas, if they are written as a JSON list, in quotes, or with other
/// separators, or if one is a misspelled `sso:account:access`.
pub(super) fn corrected_scopes(value: &str) -> Option<String> {
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    let is_mark = |c: char| matches!(c, '"' | '\'' | '[' | ']');
    let scopes = value.split(is_separator).map(|it| it.trim_matches(is_mark));
    let scopes: Vec<_> = scopes.filter(|it| !it.is_empty()).collect();
    let corrected = scopes.iter().map(|scope| {
        let is_misspelled = !closest(scope, [ACCOUNT_SCOPE], 2).is_empty();
        if is_misspelled { ACCOUNT_SCOPE } else { scope }
    });
    let corrected: Vec<_> = corrected.collect();
    let written: Vec<_> = checks::split_scopes(value).collect();
    (corrected != written && !corrected.is_empty()).then(|| corrected.join(","))
}

/// Returns whether a text has the form of AWS's scopes, such as `codewhisperer:completions`.
fn is_usual_scope(scope: &str) -> bool {
    let mut parts = scope.split(':');
    let is_part = |part: &str| part.starts_with(|c: char| c.is_ascii_alphabetic());
    scope.contains(':') && parts.all(is_part)
}

#[cfg(test)]
mod tests {
    use crate::check::key::KEYS;
    use crate::check::syntax::Syntax;

    fn check(syntax: Syntax, value: &str, corrected: Option<&str>) {
        assert!(!syntax.accepts(value), "{syntax:?} accepts {value}");
        assert_eq!(syntax.corrected(value).as_deref(), corrected, "{value}");
    }

    /// Returns a valid value of a key, and no value of a block.
    fn valid(syntax: Syntax) -> Option<&'static str> {
        use Syntax::*;
        Some(match syntax {
            Text | Command | Plain | Path | Secret | SectionReference => "text",
            Block => return None,
            Boolean => "true",
            Choice(choices) | CaseSensitive(choices) => choices[0],
            Integer(..) => "100",
            Url => "https://localhost:1/",
            StartUrl => "https://x.awsapps.com/start",
            Region => "eu-west-99",
            AccountId => "111122223333",
            RoleName | ExternalId | RoleSessionName => "name",
            Scopes => "sso:account:access",
            RoleArn => "arn:aws:iam::111122223333:role/x",
            MfaSerial => "arn:aws:iam::111122223333:mfa/x",
        })
    }

    #[test]
    fn the_value_of_each_key_is_corrected_without_quotes_and_invisible_characters() {
        for (key, _, syntax) in KEYS {
            let Some(value) = valid(*syntax) else {
                continue;
            };
            assert!(syntax.accepts(value), "{key}");
            let hidden = format!("{value}\u{200b}");
            let quoted = ["\"\"", "''", "“”", "‘’"].map(|quotes| {
                let (open, close) = quotes.split_at(quotes.len() / 2);
                format!("{open}{value}{close}")
            });
            let may_have_quotes = matches!(syntax, Syntax::Text | Syntax::Command);
            let quoted = quoted.into_iter().filter(|_| !may_have_quotes);
            for wrong in quoted.chain((*syntax != Syntax::Text).then_some(hidden)) {
                assert!(!syntax.accepts(&wrong), "{key} = {wrong}");
                assert_eq!(syntax.corrected(&wrong).as_deref(), Some(value), "{key}");
            }
            // Not certain, but each finding has a hint.
            let uncertain = format!("\"{value}\" \"\u{ad}\"");
            if !may_have_quotes {
                assert_eq!(syntax.corrected(&uncertain), None, "{key}");
                assert!(syntax.hint(&uncertain).is_some(), "{key}");
            }
        }
    }

    fn check_no_correction(syntax: Syntax, value: &str) {
        assert_eq!(syntax.corrected(value), None, "{value:?}");
    }

    #[test]
    fn values_are_corrected_only_if_the_correction_is_certain() {
        use Syntax::*;
        let portal = "https://my-portal.awsapps.com/start";
        check(StartUrl, "http://my-portal.awsapps.com/start", Some(portal));
        check(StartUrl, "my-portal.awsapps.com/start", Some(portal));
        check(
            StartUrl,
            "\"https://my-portal.awsapps.com/start\"",
            Some(portal),
        );
        check(
            StartUrl,
            "https://my-portal.awsapps.com/start\u{200b}",
            Some(portal),
        );
        check(StartUrl, "http://sso.example.com/start", None);
        check(StartUrl, "https://", None);
        check(StartUrl, "my-portal", None);
        let twice = StartUrl.corrected("https://https://my-portal.awsapps.com/start");
        assert_eq!(twice.as_deref(), Some(portal));
        check(AccountId, "1111-2222-3333", Some("111122223333"));
        check(AccountId, "111 122 223 333", Some("111122223333"));
        check(AccountId, "'111122223333'", Some("111122223333"));
        check(RoleName, "Read\u{200b}Only", Some("ReadOnly"));
        check(Path, "\"/a b\"", Some("/a b"));
        check(AccountId, "11122223333", None);
        check(AccountId, "11112222333O", None);
        check(
            RoleName,
            "AWSReservedSSO_ReadOnly_0123456789abcdef",
            Some("ReadOnly"),
        );
        check(
            RoleName,
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Read_Only_0123456789abcdef",
            Some("Read_Only"),
        );
        check(RoleName, "arn:aws:iam::111122223333:role/x", None);
        check(RoleName, "Read Only", None);
        check(Region, "us east 1", Some("us-east-1"));
        check(Region, "US_EAST_1", Some("us-east-1"));
        check(Region, "US East", None);
        check(
            Scopes,
            "sso:account:access codewhisperer:completions",
            Some("sso:account:access,codewhisperer:completions"),
        );
        check(
            Scopes,
            "[\"sso:account:access\", \"a:b\"]",
            Some("sso:account:access,a:b"),
        );
        check(Scopes, "sso:account:acess", Some("sso:account:access"));
        check(
            CaseSensitive(&["Environment"]),
            "environment",
            Some("Environment"),
        );
    }

    #[test]
    fn values_without_a_certain_correction_are_not_corrected() {
        use Syntax::*;
        for scopes in [
            "sso:account:acess # home",
            "sso: account:access",
            "sso:account:access and a:b",
            "openid a:b",
            "sso:account:access\na = b",
        ] {
            check(Scopes, scopes, None);
        }
        for url in [
            "see https://x.awsapps.com/start",
            "ftp://x.awsapps.com/start",
            "https://x.awsapps.com/start\nsso_region = a",
            "https://x\u{202e}.awsapps.com/start",
        ] {
            check(StartUrl, url, None);
        }
        for account in [
            "11112222333-1",
            "-111122223333",
            "1-11122223333",
            "1111\t2222\t3333",
            "111122223333\na",
        ] {
            check(AccountId, account, None);
        }
        for role in [
            "Read\tOnly",
            "Read\u{ad}Only",
            "Read\u{1b}[1mOnly",
            "Read\u{202e}ylnO",
            "Read\nOnly",
        ] {
            check(RoleName, role, None);
        }
        for region in ["us-east-1\n", "us-\neast-1", "useast1", "us-east-1#", "eu"] {
            check_no_correction(Region, region);
        }
        for text in ["\"a\" \"b\"", "'a''b'", "\"'a'\"", "\"a\nb\"", "a\nb"] {
            check(Path, text, None);
            check(Secret, text, None);
        }
        check(Boolean, "yes", None);
        check(Boolean, "true\nfalse", None);
        check(Integer(1, 10), "1\n0", None);
        check(Boolean, "'true'", Some("true"));
        check(Integer(1, 10), "11", None);
        check(RoleArn, "arn:aws:iam::111122223333:user/x", None);
        check(RoleArn, "arn:aws:iam::11112222333:role/x", None);
        check(RoleArn, "arn:aws:sts::111122223333:assumed-role/x/y", None);
        check(
            RoleArn,
            "\"arn:aws:iam::111122223333:role/x\"",
            Some("arn:aws:iam::111122223333:role/x"),
        );
    }
}
