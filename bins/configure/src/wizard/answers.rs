//! Answers given in advance, as options or as a JSON object.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::input::{read_answers_from_stdin, read_text};

/// Answers about a session. An option and its JSON field have the same meaning.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SessionAnswers {
    /// SSO session name
    ///
    /// For a profile, an empty name selects the legacy format.
    #[arg(long, value_name = "NAME", help_heading = "Answers")]
    pub(super) sso_session: Option<String>,

    /// SSO start URL
    #[arg(long, value_name = "URL", help_heading = "Answers")]
    pub(super) start_url: Option<String>,

    /// SSO region: the Region of the start URL
    #[arg(long, value_name = "REGION", help_heading = "Answers")]
    pub(super) sso_region: Option<String>,

    /// SSO registration scopes, separated by commas
    #[arg(long, value_name = "SCOPES", help_heading = "Answers")]
    #[serde(deserialize_with = "text_or_list")]
    pub(super) scopes: Option<String>,
}

#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Answers {
    #[command(flatten)]
    #[serde(flatten)]
    pub(super) session: SessionAnswers,

    /// AWS account ID
    #[arg(long, value_name = "ID", help_heading = "Answers")]
    pub(super) account_id: Option<String>,

    /// Role name
    #[arg(long, value_name = "NAME", help_heading = "Answers")]
    pub(super) role_name: Option<String>,

    /// Default client Region (empty for none)
    #[arg(long, value_name = "REGION", help_heading = "Answers")]
    pub(super) region: Option<String>,

    /// Default output format (empty for none)
    #[arg(long, value_name = "FORMAT", help_heading = "Answers")]
    pub(super) output_format: Option<String>,

    /// Profile name
    ///
    /// The values of an existing profile are the defaults.
    #[arg(long, short, value_name = "NAME", help_heading = "Answers")]
    pub(super) profile: Option<String>,

    #[arg(skip)]
    #[serde(flatten)]
    #[expect(clippy::zero_sized_map_values, reason = "only the names are needed")]
    unknown: BTreeMap<String, IgnoredAny>,
}

impl SessionAnswers {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            sso_session: self.sso_session.or(other.sso_session),
            start_url: self.start_url.or(other.start_url),
            sso_region: self.sso_region.or(other.sso_region),
            scopes: self.scopes.or(other.scopes),
        }
    }
}

impl Answers {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            session: self.session.or(other.session),
            account_id: self.account_id.or(other.account_id),
            role_name: self.role_name.or(other.role_name),
            region: self.region.or(other.region),
            output_format: self.output_format.or(other.output_format),
            profile: self.profile.or(other.profile),
            unknown: self.unknown,
        }
    }

    /// Reads a JSON object from the file at `path`, or from stdin if `path` is `-`. Errors do not
    /// quote the text, which may contain secrets.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Self::of_json(&read_answers_from_stdin()?).context("answers from stdin");
        }
        Self::of_json(&read_text(path)?).with_context(|| path.display().to_string())
    }

    fn of_json(text: &str) -> anyhow::Result<Self> {
        let answers: Self = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            anyhow!("line {line}, column {column}: expected a JSON object with string values")
        })?;
        if let Some(key) = answers.unknown.keys().next() {
            bail!("unknown key {key:?}");
        }
        Ok(answers)
    }
}

/// Deserializes the scopes from a string or a list of strings.
fn text_or_list<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum TextOrList {
        Text(String),
        List(Vec<String>),
    }
    let answer = Option::deserialize(input)?;
    Ok(answer.map(|answer| match answer {
        TextOrList::Text(text) => text,
        TextOrList::List(list) => list.join(","),
    }))
}
