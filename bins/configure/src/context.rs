//! The context that every subcommand runs in.

use cli_ux::{Failure, GlobalArgs, SignInArgs, SignInDialog, Ui};
use serde::Serialize;
use sso_credentials::{
    AwsEnv, ConfigFiles, Connection, Error, ServiceClients, SystemClock, TokenCache,
};
use sso_types::ProfileName;

/// Name of the program in its requests.
const PROGRAM: &str = "sso-configure";

/// Terminal, environment and global arguments.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) ui: &'a Ui,
    pub(crate) env: &'a AwsEnv,
    pub(crate) global: &'a GlobalArgs,
}

impl<'a> Context<'a> {
    /// Reads the config file and the credentials file.
    pub(crate) fn files(&self) -> Result<ConfigFiles, Error> {
        ConfigFiles::load(self.env)
    }

    /// Returns the network settings of the arguments.
    pub(crate) fn connection(&self) -> Connection {
        self.global.connection(PROGRAM)
    }

    /// Returns the clients of the services, with the network settings of `profile`.
    pub(crate) fn clients(
        &self,
        files: &ConfigFiles,
        profile: &ProfileName,
    ) -> Result<ServiceClients<'a>, Error> {
        self.clients_over(&self.connection(), files, profile)
    }

    /// Returns the same clients with short timeouts.
    pub(crate) fn short_clients(
        &self,
        files: &ConfigFiles,
        profile: &ProfileName,
    ) -> Result<ServiceClients<'a>, Error> {
        self.clients_over(&self.global.short_connection(PROGRAM), files, profile)
    }

    fn clients_over(
        &self,
        connection: &Connection,
        files: &ConfigFiles,
        profile: &ProfileName,
    ) -> Result<ServiceClients<'a>, Error> {
        ServiceClients::new(self.env, files, profile, connection, &SystemClock)
    }

    /// Returns the dialog that signs in through `clients`.
    pub(crate) fn sign_in_dialog<'b>(
        &self,
        args: &'b SignInArgs,
        files: &'b ConfigFiles,
        cache: &'b TokenCache,
        clients: &'b ServiceClients<'b>,
    ) -> SignInDialog<'b>
    where
        'a: 'b,
    {
        SignInDialog {
            ui: self.ui,
            args,
            env: self.env,
            files,
            cache,
            clients,
            clock: &SystemClock,
            on_event: &|_| {},
        }
    }

    /// Prints `document` as indented JSON.
    pub(crate) fn print_json(&self, document: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(document).expect("texts become JSON");
        self.ui.print(&format!("{json}\n"))
    }
}
