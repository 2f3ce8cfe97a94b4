//! Reports of the sign-ins: messages on stderr, and JSON on stdout.

use std::time::Duration;

use cli_ux::sign_in::SignInEvent;
use cli_ux::{Failure, LocalZone, OutputForm, SCHEMA_VERSION, Ui};
use serde_json::{Map, Value, json};
use sso_config::SsoSession;
use sso_credentials::{Aws, CachedToken};
use sso_types::{SessionName, timestamp, whole_minutes};
use time::OffsetDateTime;

use crate::args::Args;

pub(crate) struct Report<'a> {
    args: &'a Args,
    ui: &'a Ui,
    aws: &'a Aws,
    /// Results for the JSON document.
    results: Vec<Value>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(args: &'a Args, ui: &'a Ui, aws: &'a Aws) -> Self {
        Self {
            args,
            ui,
            aws,
            results: Vec::new(),
        }
    }

    /// Reports a token that was cached or refreshed.
    pub(crate) fn token_reused(
        &mut self,
        session: &SsoSession,
        token: &CachedToken,
    ) -> Result<(), Failure> {
        self.ui
            .say_sentence(format_args!("Already signed in to {}.", session.label()));
        self.done(session, token)
    }

    pub(crate) fn signed_in(
        &mut self,
        session: &SsoSession,
        token: &CachedToken,
    ) -> Result<(), Failure> {
        self.ui.say_sentence(format_args!(
            "Successfully logged into Start URL: {}",
            session.start_url
        ));
        self.done(session, token)
    }

    fn done(&mut self, session: &SsoSession, token: &CachedToken) -> Result<(), Failure> {
        let now = self.aws.clock().now();
        let zone = LocalZone::of(self.aws.env());
        self.ui.say_sentence(lifetime(token, now, &zone));
        let result = json!({
            "region": token.region.as_ref().unwrap_or(&session.region).as_str(),
            "expiresAt": timestamp::format(token.expires_at),
            "refreshable": token.is_refreshable(now),
        });
        if self.args.events {
            self.print_line(session, "done", &result)?;
        }
        self.results.push(with_session(session, &result));
        Ok(())
    }

    pub(crate) fn event(&self, session: &SsoSession, event: SignInEvent<'_>) {
        let (name, fields) = match event {
            SignInEvent::Url(url) => ("url", json!({ "url": url })),
            SignInEvent::UserCode(code) => ("userCode", json!({ "userCode": code })),
            SignInEvent::Waiting { timeout } => {
                ("waiting", json!({ "expiresIn": timeout.as_secs() }))
            }
            _ => return,
        };
        if self.args.events
            && let Err(failure) = self.print_line(session, name, &fields)
        {
            self.ui.warn(failure);
        }
    }

    fn print_line(&self, session: &SsoSession, name: &str, fields: &Value) -> Result<(), Failure> {
        let mut line = with_session(session, fields);
        line["event"] = name.into();
        self.ui.print(&format!("{line}\n"))
    }

    /// Prints the document of `--output json`. With `--events`, the `done` events replace it.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        if self.args.output.form() != OutputForm::Json || self.args.events {
            return Ok(());
        }
        let document = match self.results.as_slice() {
            [result] if !self.args.selects_several() => result.clone(),
            results => results.into(),
        };
        self.ui.print(&format!("{document:#}\n"))
    }
}

fn with_session(session: &SsoSession, fields: &Value) -> Value {
    let name = session.name.as_ref().map(SessionName::as_str);
    let mut all = Map::new();
    all.insert("schemaVersion".to_owned(), SCHEMA_VERSION.into());
    all.insert("startUrl".to_owned(), session.start_url.to_string().into());
    all.insert("sessionName".to_owned(), name.into());
    all.extend(fields.as_object().cloned().unwrap_or_default());
    all.into()
}

fn lifetime(token: &CachedToken, now: OffsetDateTime, zone: &LocalZone) -> String {
    let left = Duration::try_from(token.expires_at - now).unwrap_or_default();
    if left.is_zero() {
        let at = zone.date_and_time(token.expires_at);
        return format!("The token expired at {at} by the local clock.");
    }
    let at = zone.time_or_date(token.expires_at, now);
    let left = whole_minutes(left);
    let refresh = if token.is_refreshable(now) {
        " and refreshes automatically"
    } else {
        "; sign in again after that"
    };
    format!("The token is valid until {at} ({left}){refresh}.")
}
