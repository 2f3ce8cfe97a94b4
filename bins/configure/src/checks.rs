//! Checks of values for the config file. Each returns the reason if the answer is not valid.

use aws_config_parse::{Divergence, Document, FileKind, Lint, SectionName};
use sso_session::start_url::{
    StartUrlProblem, check_written_start_url, has_aws_host, parse_start_url, with_assigned_path,
};
use sso_types::{Region, is_hidden};

const NOT_A_URL: &str = "expected a name, not a URL";

/// Output formats of the AWS CLI v2.
pub(crate) const FORMATS: [&str; 6] = ["json", "yaml", "yaml-stream", "text", "table", "off"];

pub(crate) fn start_url(answer: &str) -> Result<(), String> {
    parse_start_url(answer)
        .map(drop)
        .map_err(expected_start_url)
}

/// Checks a start URL that is used as it is written, so that no part of it may be ignored.
pub(crate) fn stored_start_url(stored: &str) -> Result<(), String> {
    check_written_start_url(stored).map_err(expected_start_url)
}

fn expected_start_url(problem: StartUrlProblem) -> String {
    let property = match problem {
        StartUrlProblem::Character(character) => format!(" without {}", shown(character)),
        StartUrlProblem::User => " without a user name and a password".to_owned(),
        StartUrlProblem::Query => " without a query".to_owned(),
        StartUrlProblem::Host => " with a valid host name".to_owned(),
        StartUrlProblem::Port => " with a valid port".to_owned(),
        StartUrlProblem::OtherPage => " of an access portal, not of another page of AWS".to_owned(),
        StartUrlProblem::Scheme => " that begins with https://".to_owned(),
        _ => String::new(),
    };
    format!("expected a start URL{property}, for example https://my-portal.awsapps.com/start")
}

/// Returns a start URL that differs from an invalid one only in the scheme or in invisible characters at its
/// end, if there is one.
pub(crate) fn corrected_start_url(stored: &str) -> Option<String> {
    let corrected = match parse_start_url(stored) {
        Err(StartUrlProblem::Scheme) => {
            let after_scheme = stored.split_once("://").map_or(stored, |(_, rest)| rest);
            parse_start_url(&format!("https://{}", after_scheme.trim_start()))
        }
        parsed => parsed,
    };
    corrected.ok().map(|it| it.as_str().to_owned())
}

/// Returns a reason to ask again about a valid start URL, whose path is probably wrong.
pub(crate) fn unusual_start_url(answer: &str) -> Option<String> {
    let assigned = with_assigned_path(&parse_start_url(answer).ok()?)?;
    Some(format!(
        "the start URL of this host is usually {assigned}; to use yours anyway, press Enter again"
    ))
}

/// Returns a name of a character, also for one that is invisible or that looks like another one.
fn shown(character: char) -> String {
    match character {
        ' ' => "spaces".to_owned(),
        '!'..='~' => format!("the character {character}"),
        other => format!("the character U+{:04X}", u32::from(other)),
    }
}

pub(crate) fn sso_region(answer: &str) -> Result<(), String> {
    match answer {
        "" => Err("expected a Region, for example us-east-1".to_owned()),
        answer => region(answer),
    }
}

pub(crate) fn region(answer: &str) -> Result<(), String> {
    let region: Result<Region, _> = answer.parse();
    region.map(|_| ()).map_err(|error| error.to_string())
}

pub(crate) fn output_format(answer: &str) -> Result<(), String> {
    if FORMATS.contains(&answer) {
        return Ok(());
    }
    Err(format!("expected one of {}", FORMATS.join(", ")))
}

/// Accepts scopes that consist of the characters of RFC 6749 §3.3.
pub(crate) fn scopes(answer: &str) -> Result<(), String> {
    let is_scope_char = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
    if split_scopes(answer).all(|scope| scope.chars().all(is_scope_char)) {
        return Ok(());
    }
    Err("expected scopes separated by commas, for example sso:account:access".to_owned())
}

pub(crate) fn split_scopes(answer: &str) -> impl Iterator<Item = &str> {
    let scopes = answer.split(',').map(str::trim);
    scopes.filter(|scope| !scope.is_empty())
}

pub(crate) fn account_id(answer: &str) -> Result<(), String> {
    if answer.len() == 12 && answer.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err("expected an account ID of 12 digits".to_owned())
}

pub(crate) fn role_name(answer: &str) -> Result<(), String> {
    if answer.is_empty() || answer.contains(char::is_whitespace) {
        return Err("expected a role name without white space".to_owned());
    }
    if answer.contains(is_invisible) {
        return Err("expected a role name without invisible characters".to_owned());
    }
    Ok(())
}

pub(crate) fn session_name(answer: &str) -> Result<(), String> {
    section_name(answer, &SectionName::SsoSession(answer.into()))
}

/// Checks the name of a session that the user creates. Its start URL, also without `https://`, is the answer to
/// another question.
pub(crate) fn new_session_name(answer: &str) -> Result<(), String> {
    if is_like_start_url(answer) {
        return Err(NOT_A_URL.to_owned());
    }
    session_name(answer)
}

/// Returns whether a text begins with the scheme of a URL, or with the host of an access portal, or is a host
/// with the path of a start URL.
fn is_like_start_url(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    if ["https:", "http:"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
    {
        return true;
    }
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let path = text.split_once('/').map(|(_, path)| path);
    let is_of_portal = |path: &str| {
        let first = path.split(['/', '?', '#']).next();
        path.is_empty() || first == Some("start")
    };
    has_aws_host(&format!("https://{host}").as_str().into())
        || host.contains('.') && path.is_some_and(is_of_portal)
}

pub(crate) fn profile_name(answer: &str) -> Result<(), String> {
    section_name(answer, &SectionName::profile(answer))
}

/// Accepts the names that `sso-configure check` accepts in a header.
fn section_name(answer: &str, section: &SectionName<'_>) -> Result<(), String> {
    if answer.is_empty() {
        return Err("a name is required".to_owned());
    }
    if answer.contains("://") {
        return Err(NOT_A_URL.to_owned());
    }
    if answer.contains(char::is_whitespace) {
        return Err("a name must not contain white space: other SDKs cannot read it".to_owned());
    }
    if let Some(character) = answer.chars().find(|character| is_invisible(*character)) {
        let character = shown(character);
        return Err(format!(
            "a name must not contain {character}, which is invisible"
        ));
    }
    let mut config = Document::parse(FileKind::Config, "");
    config
        .add_section(section)
        .map_err(|error| error.to_string())?;
    let lints = config.lints();
    lints.first().map_or(Ok(()), |lint| Err(reason_of(lint)))
}

fn reason_of(lint: &Lint) -> String {
    let reason = match lint.divergence() {
        Divergence::ScriptName => {
            "a name must not be a property of every JavaScript object: the SDK for JavaScript cannot read it"
        }
        _ => {
            "a name must consist of ASCII letters, digits and the characters _-/.%@:+, because other SDKs may ignore it"
        }
    };
    reason.to_owned()
}

/// Returns whether two names can look equal because of `character`: a character that is always invisible, or
/// one that only affects the characters beside it, such as a joiner or a variation selector.
fn is_invisible(character: char) -> bool {
    is_hidden(character)
        || matches!(
            character,
            '\u{34f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200c}'..='\u{200d}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{ffa0}'
                | '\u{e0100}'..='\u{e01ef}'
        )
}

#[cfg(test)]
mod tests {
    use super::{NOT_A_URL, new_session_name, profile_name, role_name, session_name, start_url};

    #[test]
    fn names_with_invisible_characters_are_rejected() {
        for character in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0061}',
            '\u{e0100}',
            '\u{7f}',
        ] {
            for name in [
                format!("{character}dev"),
                format!("d{character}ev"),
                format!("dev{character}"),
            ] {
                let code = format!("U+{:04X}", u32::from(character));
                for check in [profile_name, session_name] {
                    let reason = check(&name).unwrap_err();
                    assert_eq!(
                        reason,
                        format!("a name must not contain the character {code}, which is invisible")
                    );
                }
                assert!(role_name(&name).is_err(), "{code}");
            }
        }
        for name in ["dev", "dev.a_b@c+d-e", "a/b:c%2d"] {
            assert_eq!(profile_name(name), Ok(()));
            assert_eq!(session_name(name), Ok(()));
        }
    }

    #[test]
    fn names_that_other_sdks_may_ignore_are_rejected() {
        for name in [
            "a]b",
            "a[b",
            "[a]",
            "é",
            "Büro",
            "本番",
            "q\"q",
            "q'q",
            "a\\b",
            "a/b\"c;$(x)",
            "a;b",
            "a#b",
            "a,b",
            "a=b",
            "$a",
            "a&b",
            "a~b",
            "a*b",
            "(a)",
        ] {
            for check in [profile_name, session_name] {
                assert!(check(name).is_err(), "{name}");
            }
        }
        let reason = profile_name("é").unwrap_err();
        assert!(reason.starts_with("a name must consist of"), "{reason}");
        for name in ["__proto__", "constructor", "toString"] {
            let reason = profile_name(name).unwrap_err();
            assert!(reason.contains("JavaScript"), "{name}: {reason}");
        }
    }

    #[test]
    fn urls_are_no_names() {
        for url in ["https://a.awsapps.com/start", "HTTPS://a.com", "x://y z"] {
            for check in [profile_name, session_name] {
                assert_eq!(check(url).unwrap_err(), "expected a name, not a URL");
            }
        }
        for name in ["a.awsapps.com", "a:b", "a/b", "a//b"] {
            assert_eq!(profile_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn start_urls_without_https_are_no_names_of_new_sessions() {
        for url in [
            "d-1234567890.awsapps.com/start",
            "D-1234567890.AWSAPPS.COM/start/",
            "d-1234567890.awsapps.com",
            "my-portal.awsapps.com/start#/?tab=accounts",
            "start.us-gov-home.awsapps.com/directory/d-1234567890",
            "ssoins-1234567890abcdef.portal.eu-west-1.app.aws",
            "portal.example.com/start",
            "portal.example.com/",
            "https:d-1234567890.awsapps.com/start",
            "https:/d-1234567890.awsapps.com/start",
            "http:",
            "HTTPS:x",
            "https://d-1234567890.awsapps.com/start",
        ] {
            assert_eq!(new_session_name(url).unwrap_err(), NOT_A_URL, "{url}");
        }
        for name in [
            "a/b",
            "a:b",
            "a//b",
            "team.a/dev",
            "start",
            "x/start",
            "https",
            "http-proxy",
            "acme.com",
            "awsapps.com-old",
            "my.awsapps",
        ] {
            assert_eq!(new_session_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn the_reason_for_an_invalid_start_url_names_the_property() {
        let check = |answer: &str, property: &str| {
            let example = "for example https://my-portal.awsapps.com/start";
            let expected = format!("expected a start URL{property}, {example}");
            assert_eq!(start_url(answer), Err(expected), "{answer:?}");
        };
        check("", "");
        check("https://my portal.awsapps.com/start", " without spaces");
        check(
            "<https://my-portal.awsapps.com/start",
            " without the character <",
        );
        check(
            "https://my-portal.awsapps.com/st\u{200b}art",
            " without the character U+200B",
        );
        check(
            "https://my-portal.awsapps.com/\u{a0}start",
            " without the character U+00A0",
        );
        check(
            "https://me:s3cret@a.com/start",
            " without a user name and a password",
        );
        check("https://a.com/start?s3cret", " without a query");
        check("https://..", " with a valid host name");
        check("https://a.com:70000", " with a valid port");
        check("my-portal.awsapps.com/start", " that begins with https://");
    }
}
