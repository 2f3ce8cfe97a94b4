//! Templates for profile names, such as `{account_name|slug}.{role_name}`, and for the values of keys.
//!
//! ```text
//! template = *( text / "{{" / "}}" / "{" field *( "|" filter ) "}" )
//! filter   = name [ ":" argument *( "," argument ) ]
//! argument = "'" *any "'" / *any
//! ```

use std::str::FromStr;

use crate::derived_name::derived_name;

use super::quotes::{Quotes, quoted};

/// Name of a template, and the template for the names that `aws configure sso` suggests.
const AWS_CLI: (&str, &str) = ("aws-cli", "{role_name}-{account_id}");

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field, Vec<Filter>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Profile,
    AccountName,
    AccountId,
    Email,
    RoleName,
    Session,
    Region,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Filter {
    Lower,
    Upper,
    Slug,
    Replace(String, String),
    TrimPrefix(String),
    TrimSuffix(String),
}

/// Values of the fields. A missing value is replaced with an empty text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values<'a> {
    /// Name of the profile, in the values of keys.
    pub(crate) profile: &'a str,
    pub(crate) account_name: &'a str,
    pub(crate) account_id: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) role_name: &'a str,
    pub(crate) session: &'a str,
    pub(crate) region: Option<&'a str>,
}

impl Template {
    /// Parses a template for the value of a key, which may contain `{profile}`.
    pub(crate) fn of_setting(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (part, after) = first_part(rest)?;
            parts.push(part);
            rest = after;
        }
        Ok(Self(parts))
    }

    /// Returns the name of a profile, with the characters of a [`derived_name`].
    pub(crate) fn name(&self, values: &Values<'_>) -> String {
        derived_name(&self.expand(values, derived_name))
    }

    /// Returns the text, with the values of the fields as they are.
    pub(crate) fn text(&self, values: &Values<'_>) -> String {
        self.expand(values, str::to_owned)
    }

    /// Returns a command line, in which the value of each field is one word, or a part of it, for
    /// shells and for the AWS CLI, which runs no shell. Returns `None` if that is not possible.
    pub(crate) fn command_line(&self, values: &Values<'_>) -> Option<String> {
        self.0.iter().map(|part| part.quoted(values)).collect()
    }

    fn expand(&self, values: &Values<'_>, of_value: fn(&str) -> String) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(field, filters) => of_value(&filtered(*field, filters, values)),
        });
        parts.collect()
    }

    pub(crate) fn has_region(&self) -> bool {
        self.has(Field::Region)
    }

    /// Returns whether a field is between quotes, or after a backslash.
    pub(crate) fn has_quoted_field(&self) -> bool {
        let mut quotes = Quotes::default();
        self.0.iter().any(|part| match part {
            Part::Field(..) => quotes.are_open(),
            Part::Text(text) => {
                text.chars().for_each(|c| quotes.read(c));
                false
            }
        })
    }

    fn has(&self, field: Field) -> bool {
        let is_field = |part: &Part| matches!(part, Part::Field(found, _) if *found == field);
        self.0.iter().any(is_field)
    }
}

/// Parses a template for names.
impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (preset, template) = AWS_CLI;
        let parsed = Self::of_setting(if text == preset { template } else { text })?;
        if parsed.has(Field::Profile) {
            return Err("{profile} is the resulting name; only --set can contain it".to_owned());
        }
        Ok(parsed)
    }
}

impl Part {
    fn quoted(&self, values: &Values<'_>) -> Option<String> {
        let (field, filters) = match self {
            Self::Text(text) => return Some(text.clone()),
            Self::Field(field, filters) => (field, filters),
        };
        quoted(&filtered(*field, filters, values))
    }
}

fn filtered(field: Field, filters: &[Filter], values: &Values<'_>) -> String {
    let value = field.value(values).unwrap_or_default().to_owned();
    let filters = filters.iter();
    filters.fold(value, |value, filter| filter.apply(&value))
}

fn first_part(text: &str) -> Result<(Part, &str), String> {
    for (doubled, brace) in [("{{", "{"), ("}}", "}")] {
        if let Some(rest) = text.strip_prefix(doubled) {
            return Ok((Part::Text(brace.to_owned()), rest));
        }
    }
    if let Some(inner) = text.strip_prefix('{') {
        let end =
            find_outside_quotes(inner, '}').ok_or("`{` is not closed; write `{{` for a brace")?;
        return Ok((parse_field(&inner[..end])?, &inner[end + 1..]));
    }
    if text.starts_with('}') {
        return Err("`}` has no matching `{`; write `}}` for a brace".to_owned());
    }
    let end = text.find(['{', '}']).unwrap_or(text.len());
    Ok((Part::Text(text[..end].to_owned()), &text[end..]))
}

fn parse_field(text: &str) -> Result<Part, String> {
    let mut parts = split_outside_quotes(text, '|').into_iter().map(str::trim);
    let field = match parts.next().unwrap_or_default() {
        "profile" => Field::Profile,
        "account_name" => Field::AccountName,
        "account_id" => Field::AccountId,
        "email" => Field::Email,
        "role_name" => Field::RoleName,
        "session" => Field::Session,
        "region" => Field::Region,
        other => {
            return Err(format!(
                "unknown field {{{other}}}; the fields are {{account_name}}, {{account_id}}, \
                 {{email}}, {{role_name}}, {{session}} and {{region}}"
            ));
        }
    };
    let filters = parts.map(parse_filter).collect::<Result<_, _>>()?;
    Ok(Part::Field(field, filters))
}

fn parse_filter(text: &str) -> Result<Filter, String> {
    let (name, arguments) = text.split_once(':').unwrap_or((text, ""));
    let arguments: Vec<_> = split_outside_quotes(arguments, ',')
        .into_iter()
        .map(|argument| unquoted(argument.trim()))
        .collect();
    match (name.trim(), arguments.as_slice()) {
        ("lower", [""]) => Ok(Filter::Lower),
        ("upper", [""]) => Ok(Filter::Upper),
        ("slug", [""]) => Ok(Filter::Slug),
        ("replace", [from, to]) if !from.is_empty() => {
            Ok(Filter::Replace((*from).to_owned(), (*to).to_owned()))
        }
        ("trim-prefix", [prefix]) => Ok(Filter::TrimPrefix((*prefix).to_owned())),
        ("trim-suffix", [suffix]) => Ok(Filter::TrimSuffix((*suffix).to_owned())),
        _ => Err(format!(
            "invalid filter `{text}`; the filters are lower, upper, slug, replace:'a','b', \
             trim-prefix:'a' and trim-suffix:'a'"
        )),
    }
}

fn unquoted(argument: &str) -> &str {
    let quoted = argument.strip_prefix('\'');
    let quoted = quoted.and_then(|rest| rest.strip_suffix('\''));
    quoted.unwrap_or(argument)
}

fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(end) = find_outside_quotes(rest, separator) {
        parts.push(&rest[..end]);
        rest = &rest[end + separator.len_utf8()..];
    }
    parts.push(rest);
    parts
}

fn find_outside_quotes(text: &str, character: char) -> Option<usize> {
    let mut is_quoted = false;
    let (at, _) = text.char_indices().find(|(_, c)| {
        is_quoted ^= *c == '\'';
        *c == character && !is_quoted
    })?;
    Some(at)
}

impl Field {
    fn value<'a>(self, values: &Values<'a>) -> Option<&'a str> {
        match self {
            Self::Profile => Some(values.profile),
            Self::AccountName => Some(values.account_name),
            Self::AccountId => Some(values.account_id),
            Self::Email => values.email,
            Self::RoleName => Some(values.role_name),
            Self::Session => Some(values.session),
            Self::Region => values.region,
        }
    }
}

impl Filter {
    fn apply(&self, text: &str) -> String {
        match self {
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
            Self::Slug => slug(text),
            Self::Replace(from, to) => text.replace(from, to),
            Self::TrimPrefix(prefix) => text.strip_prefix(&**prefix).unwrap_or(text).to_owned(),
            Self::TrimSuffix(suffix) => text.strip_suffix(&**suffix).unwrap_or(text).to_owned(),
        }
    }
}

/// Returns the runs of letters and digits in lower case, joined with hyphens.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Template, Values};

    const VALUES: Values<'_> = Values {
        profile: "prod",
        account_name: "ACME | Prod (EU)",
        account_id: "111122223333",
        email: Some("prod@example.com"),
        role_name: "AWSReadOnlyAccess",
        session: "my-sso",
        region: Some("eu-west-1"),
    };

    #[test]
    fn fields_and_filters_are_expanded() {
        let check = |template: &str, name: &str| {
            let template: Template = template.parse().expect("the template is valid");
            assert_eq!(template.name(&VALUES), name);
        };
        check("", "");
        check("plain", "plain");
        check("{account_id}.{role_name}", "111122223333.AWSReadOnlyAccess");
        check(
            "{session}-{region}-{email}",
            "my-sso-eu-west-1-prod@example.com",
        );
        check("{account_name}", "ACME-Prod-EU");
        check("{account_name|slug}", "acme-prod-eu");
        check("{account_name|lower}", "acme-prod-eu");
        check("{ role_name | upper }", "AWSREADONLYACCESS");
        check("{role_name|trim-prefix:AWS}", "ReadOnlyAccess");
        check(
            "{role_name|trim-prefix:'AWS'|trim-suffix:'Access'}",
            "ReadOnly",
        );
        check("{role_name|trim-prefix:'Access'}", "AWSReadOnlyAccess");
        check("{account_name|replace:' | ','}'}", "ACME-Prod-EU");
        check("{account_name|replace:'ACME',''|slug}", "prod-eu");
        check("{{{region}}}", "eu-west-1");
        check(
            "{account_name}.{role_name}",
            "ACME-Prod-EU.AWSReadOnlyAccess",
        );
        check("{session}/{region}:x", "my-sso-eu-west-1-x");
        check("a {region} b", "a-eu-west-1-b");
    }

    #[test]
    fn the_text_of_a_name_has_all_characters() {
        let check = |template: &str, text: &str| {
            let template: Template = template.parse().expect("the template is valid");
            assert_eq!(template.text(&VALUES), text);
        };
        check("{account_name}/{{x}}", "ACME | Prod (EU)/{x}");
        check("{account_name|replace:' | ','}'}", "ACME}Prod (EU)");
    }

    #[test]
    fn invalid_templates_are_rejected_with_a_reason() {
        let check = |template: &str, reason: &str| {
            let error = template
                .parse::<Template>()
                .expect_err("the template is invalid");
            assert!(error.contains(reason), "{template}: {error}");
        };
        check("{account_name", "not closed");
        check("account_name}", "has no matching");
        check("{account}", "unknown field {account}");
        check("{}", "unknown field {}");
        check("{role_name|shout}", "invalid filter `shout`");
        check("{role_name|replace:'a'}", "invalid filter");
        check("{role_name|replace:'','b'}", "invalid filter");
        check("{role_name|lower:'a'}", "invalid filter");
        check("{role_name|replace:'a,'b'}", "not closed");
    }

    #[test]
    fn has_region_detects_the_region_field() {
        let has_region = |text: &str| {
            text.parse::<Template>()
                .expect("the template is valid")
                .has_region()
        };
        assert!(has_region("{role_name}.{region|upper}"));
        assert!(!has_region("{role_name}.region"));
    }
}
