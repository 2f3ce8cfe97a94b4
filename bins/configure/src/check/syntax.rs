//! Syntax of values.

use sso_config::similar::closest;
use sso_types::is_hidden;

use super::correction::corrected_scopes;
use crate::checks;
use crate::regions;

pub(super) const ACCOUNT_SCOPE: &str = "sso:account:access";

/// Syntax of a value that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Any text, such as the name of an account.
    Text,
    /// Command line, whose words may be in quotes.
    Command,
    /// Text without quotes, such as a number with a unit.
    Plain,
    /// Path of a file.
    Path,
    /// Part of a static key. Messages and fixes never contain it.
    Secret,
    /// Name of another section.
    SectionReference,
    /// Indented pairs below the key.
    Block,
    /// `true` or `false`. The AWS CLI reads any other text as `false`.
    Boolean,
    /// One of a list. The AWS CLI rejects any other text.
    Choice(&'static [&'static str]),
    /// One of a list, in this case.
    CaseSensitive(&'static [&'static str]),
    /// Integer from a minimum to a maximum.
    Integer(u64, u64),
    Url,
    StartUrl,
    Region,
    AccountId,
    RoleName,
    Scopes,
    RoleArn,
    MfaSerial,
    ExternalId,
    RoleSessionName,
}

impl Syntax {
    /// Returns whether the value can be used. Quotes and hidden characters are part of a value.
    pub(super) fn accepts(self, value: &str) -> bool {
        match self {
            Self::Text => true,
            // A block has no text of its own.
            Self::Block => false,
            Self::Command => !value.contains(is_invisible),
            Self::Plain | Self::Path | Self::Secret | Self::SectionReference => {
                !is_quoted_or_hidden(value)
            }
            Self::Boolean => is_one_of(&["true", "false"], value),
            Self::Choice(choices) => is_one_of(choices, value),
            Self::CaseSensitive(choices) => choices.contains(&value),
            Self::Integer(min, max) => {
                let number = value.parse::<u64>();
                number.is_ok_and(|number| (min..=max).contains(&number))
            }
            Self::Url => is_url(value),
            Self::StartUrl => checks::stored_start_url(value).is_ok(),
            Self::Region => checks::sso_region(value).is_ok(),
            Self::AccountId => checks::account_id(value).is_ok(),
            Self::RoleName => {
                is_iam_text(value, "+=,.@-_", 1..=64) && reserved_role(value).is_none()
            }
            Self::Scopes => checks::scopes(value).is_ok() && corrected_scopes(value).is_none(),
            Self::RoleArn => is_role_arn(value),
            Self::MfaSerial => is_iam_text(value, "+=/:,.@-_", 9..=256),
            Self::ExternalId => is_iam_text(value, "+=,.@:/-_", 2..=1224),
            Self::RoleSessionName => is_iam_text(value, "+=,.@-_", 2..=64),
        }
    }

    /// Describes a valid value, after `must be`.
    pub(super) fn expected(self) -> String {
        match self {
            Self::Text
            | Self::Command
            | Self::Plain
            | Self::Path
            | Self::Secret
            | Self::SectionReference => "text without quotes and invisible characters".to_owned(),
            Self::Block => "followed by indented lines of the form key = value".to_owned(),
            Self::Boolean => "true or false".to_owned(),
            Self::Choice(choices) | Self::CaseSensitive(choices) => {
                format!("one of {}", choices.join(", "))
            }
            Self::Integer(0, u64::MAX) => "an integer".to_owned(),
            Self::Integer(min, u64::MAX) => format!("an integer of at least {min}"),
            Self::Integer(min, max) => format!("an integer from {min} to {max}"),
            Self::Url => "a URL such as https://example.com".to_owned(),
            Self::StartUrl => "a start URL".to_owned(),
            Self::Region => "a Region such as us-east-1".to_owned(),
            Self::AccountId => "12 digits".to_owned(),
            Self::RoleName => "the name of a permission set: at most 64 letters, digits and \
                               characters of +=,.@-_"
                .to_owned(),
            Self::Scopes => format!("scopes separated by commas, for example {ACCOUNT_SCOPE}"),
            Self::RoleArn => {
                "the ARN of a role, for example arn:aws:iam::111122223333:role/NAME".to_owned()
            }
            Self::MfaSerial => "the ARN or serial number of an MFA device".to_owned(),
            Self::ExternalId => "2 to 1224 letters, digits and characters of +=,.@:/-_".to_owned(),
            Self::RoleSessionName => "2 to 64 letters, digits and characters of +=,.@-_".to_owned(),
        }
    }

    /// Returns whether a value that is valid may be shown: it cannot contain a password.
    pub(super) fn is_shown(self) -> bool {
        !matches!(
            self,
            Self::Text
                | Self::Command
                | Self::Plain
                | Self::Path
                | Self::Secret
                | Self::Url
                | Self::ExternalId
        )
    }

    /// Returns advice about a value without a certain correction.
    pub(super) fn hint(self, value: &str) -> Option<String> {
        match self {
            Self::AccountId if is_short_number(value) => Some(
                "if another program has removed leading zeros, add them, so that the ID has 12 \
                 digits"
                    .to_owned(),
            ),
            Self::RoleName if value.starts_with("arn:") => {
                Some("write the name instead of the ARN".to_owned())
            }
            Self::RoleArn if value.contains(":assumed-role/") => Some(
                "this is the ARN of a session; write the ARN of the role, with iam and role/"
                    .to_owned(),
            ),
            Self::Choice(choices) | Self::CaseSensitive(choices) => suggestion(value, choices, 2),
            Self::SectionReference => {
                Some("write the name of an existing section, without quotes".to_owned())
            }
            Self::Boolean => Some("programs read it as false; write true or false".to_owned()),
            Self::Region => suggestion(value, &regions::KNOWN, 1),
            _ => None,
        }
        .or_else(|| {
            let hint = "write the value again, without quotes and invisible characters";
            is_quoted_or_hidden(value).then(|| hint.to_owned())
        })
        .or_else(|| {
            let is_other = self == Self::Region && !regions::has_form_of_region(value);
            is_other.then(|| "write the code of a Region, such as us-east-1".to_owned())
        })
    }
}

fn suggestion(value: &str, known: &[&str], limit: usize) -> Option<String> {
    let similar = closest(value, known.iter().copied(), limit);
    (!similar.is_empty()).then(|| format!("did you mean {}?", similar.join(" or ")))
}

pub(super) fn is_one_of(choices: &[&str], value: &str) -> bool {
    let mut choices = choices.iter();
    choices.any(|choice| choice.eq_ignore_ascii_case(value))
}

/// Returns the text inside quotes.
pub(super) fn without_quotes(text: &str) -> Option<&str> {
    let mut quotes = QUOTES.iter();
    quotes.find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close))
}

/// Quotes of the keyboard, and those into which text processors change them.
const QUOTES: [(char, char); 4] = [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’')];

/// Returns whether quotes or characters that an editor does not show are part of the value.
pub(super) fn is_quoted_or_hidden(value: &str) -> bool {
    without_quotes(value).is_some() || value.contains(is_hidden)
}

/// Returns whether neither an editor nor a terminal shows the character.
fn is_invisible(character: char) -> bool {
    is_hidden(character) && !character.is_control()
}

/// Returns whether the text is `<NAME>`, or a variable of a shell.
pub(super) fn is_placeholder(value: &str) -> bool {
    let is_in = |start, end| value.starts_with(start) && value.ends_with(end) && value.len() > 2;
    let is_variable = value.strip_prefix('$').is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    is_in("<", ">") || is_in("${", "}") || is_in("{{", "}}") || is_in("%", "%") || is_variable
}

/// Returns whether the text has the syntax of STS: ASCII letters, digits and some other characters.
fn is_iam_text(text: &str, others: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    let is_valid = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
    length.contains(&text.len()) && text.chars().all(is_valid)
}

fn is_url(value: &str) -> bool {
    let rest = value.strip_prefix("https://");
    let rest = rest.or_else(|| value.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', ':', '?']))
        && !value.contains(|c: char| c.is_whitespace() || is_hidden(c) || c == '"')
}

fn is_short_number(value: &str) -> bool {
    (1..12).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the permission set of the role `AWSReservedSSO_NAME_HASH`, in a name or an ARN.
pub(super) fn reserved_role(value: &str) -> Option<&str> {
    let name = value.rsplit('/').next()?;
    let (permission_set, hash) = name.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hash && !permission_set.is_empty()).then_some(permission_set)
}

fn is_role_arn(value: &str) -> bool {
    let parts: Vec<_> = value.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts.as_slice() else {
        return false;
    };
    let name = resource.strip_prefix("role/").unwrap_or_default();
    *arn == "arn"
        && (*partition == "aws" || partition.starts_with("aws-"))
        && *service == "iam"
        && region.is_empty()
        && checks::account_id(account).is_ok()
        && is_iam_text(name, "+=,.@-_/", 1..=1024)
}

#[cfg(test)]
mod tests {
    use super::Syntax;

    #[test]
    fn valid_values_are_accepted() {
        use Syntax::*;
        for (syntax, value) in [
            (StartUrl, "https://my-portal.awsapps.com/start#/"),
            (StartUrl, "https://sso.example.com"),
            (StartUrl, "http://127.0.0.1:8080/start"),
            (Region, "eu-west-99"),
            (AccountId, "000000000001"),
            (RoleName, "Team+Read=Only,v1.0@example-x_y"),
            (RoleName, "AWSReservedSSO_x"),
            (Scopes, "sso:account:access, codewhisperer:completions"),
            (Scopes, "a"),
            (RoleArn, "arn:aws:iam::222222222222:role/x"),
            (RoleArn, "arn:aws-us-gov:iam::222222222222:role/path/x"),
            (RoleArn, "arn:aws-cn:iam::222222222222:role/x"),
            (MfaSerial, "arn:aws:iam::111122223333:mfa/user"),
            (MfaSerial, "GAHT12345678"),
            (Boolean, "TRUE"),
            (Choice(&["a", "b"]), "A"),
            (Integer(0, u64::MAX), "0"),
            (Url, "http://169.254.169.254"),
            (Text, "\"quoted\" command"),
            (Command, "\"/a b\" --option\t'x'"),
            (SectionReference, "O'Brien"),
        ] {
            assert!(syntax.accepts(value), "{syntax:?} rejects {value}");
        }
    }
}
