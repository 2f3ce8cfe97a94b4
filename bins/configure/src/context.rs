//! Context of the subcommands.

use cli_ux::{Failure, GlobalArgs, SCHEMA_VERSION, Ui, shown_json};
use serde::Serialize;
use sso_config::{AwsEnv, ConfigFiles};
use sso_credentials::{Aws, Error};
use sso_session::clients::ConnectionOptions;
use sso_session::clock::SharedClock;
use time::OffsetDateTime;

#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) ui: &'a Ui,
    pub(crate) env: &'a AwsEnv,
    pub(crate) clock: &'a SharedClock,
    pub(crate) global: &'a GlobalArgs,
}

impl Context<'_> {
    pub(crate) fn files(&self) -> Result<ConfigFiles, sso_config::Error> {
        ConfigFiles::load(self.env)
    }

    pub(crate) fn aws(&self) -> Result<Aws, Error> {
        let aws = self.aws_with(self.global.connection(self.ui.program()))?;
        aws.warn_of_unusable_files();
        Ok(aws)
    }

    /// Like [`aws`](Self::aws), with short default timeouts. An unusable config file counts as empty.
    pub(crate) fn aws_for_check(&self) -> Result<Aws, Error> {
        let options = self.global.short_connection(self.ui.program());
        Aws::with_usable_files(self.env.clone(), self.clock.clone(), options)
    }

    fn aws_with(&self, options: ConnectionOptions) -> Result<Aws, Error> {
        Aws::new(self.env.clone(), self.clock.clone(), options)
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Prints `document`, an object, with its `schemaVersion`.
    pub(crate) fn print_json(&self, document: &impl Serialize) -> Result<(), Failure> {
        let versioned = Versioned {
            schema_version: SCHEMA_VERSION,
            document,
        };
        self.ui.print(&shown_json(&versioned))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Versioned<'a, T> {
    schema_version: u32,
    #[serde(flatten)]
    document: &'a T,
}
