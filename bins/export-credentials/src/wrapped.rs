//! Commands that run with the credentials.

use std::process::Command;

#[cfg(unix)]
use cli_ux::SupervisedService as _;
use cli_ux::{Failure, Ui};

use crate::export::Export;
#[cfg(unix)]
use crate::{companion, detached};

/// Variables that could make the command use other credentials.
const CONFLICTING: [&str; 11] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    // Old names that some tools still read.
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Replaces this process with `command`, which has the credentials in its environment. Returns only
/// if the command cannot be started.
pub(crate) fn exec(ui: &Ui, mut command: Command, export: &Export) -> Failure {
    prepare(&mut command, export);
    for variable in export.credential_variables() {
        match variable.text() {
            Some(value) => command.env(variable.name, value),
            None => command.env_remove(variable.name),
        };
    }
    ui.exec(&mut command)
}

/// Replaces this process with `command`, which has the URL of the credentials endpoint in its
/// environment. Returns only if the command cannot be started.
pub(crate) fn exec_with_endpoint(
    ui: &Ui,
    mut command: Command,
    export: &Export,
    endpoint: [(&'static str, String); 2],
) -> Failure {
    prepare_for_endpoint(&mut command, export);
    ui.exec(command.envs(endpoint))
}

/// Runs `command` as a child process with the URL of the companion's endpoint in its environment, and
/// ends like the command. Returns only if the command cannot be started.
#[cfg(unix)]
pub(crate) fn supervise(
    ui: &Ui,
    mut command: Command,
    export: &Export,
    mut companion: companion::Supervised,
) -> Failure {
    prepare_for_endpoint(&mut command, export);
    command.envs(companion.endpoint());
    match detached::this_program() {
        Ok(program) => {
            let mut witness = Command::new(program);
            witness.arg("--signal-witness");
            ui.supervise(&mut command, &mut witness, &mut companion)
        }
        Err(error) => {
            companion.end();
            Failure::other(error)
        }
    }
}

fn prepare_for_endpoint(command: &mut Command, export: &Export) {
    prepare(command, export);
    for variable in export.credential_variables() {
        command.env_remove(variable.name);
    }
}

/// Removes conflicting variables, and sets the Region, and with `--with-account-id` the account. The Region of the environment stays if the
/// profile has none.
fn prepare(command: &mut Command, export: &Export) {
    for name in CONFLICTING {
        command.env_remove(name);
    }
    if export.with_account_id {
        let account = export.account_variable();
        match account.text() {
            Some(id) => command.env(account.name, id),
            None => command.env_remove(account.name),
        };
    }
    for variable in export.region_variables() {
        if let Some(region) = variable.text() {
            command.env(variable.name, region);
        }
    }
}
