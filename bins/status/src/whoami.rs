//! Identity of the credentials of a profile.

use anyhow::anyhow;
use cli_ux::{Failure, OutputForm, SelectedSession, Ui, selection_of_environment};
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use sso_config::{ConfiguredSessions, SsoChain, SsoSession};
use sso_credentials::aws::Selection;
use sso_credentials::{Aws, CallerIdentity, Error};
use sso_types::{AccountId, escaped};

use crate::args::Args;
use crate::selected;

/// Prints the identity. The credentials come from the cache, or else are requested and cached, as with
/// `export-credentials`.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let aws = open(args, ui)?;
    let profile = aws.profile(&selection(args, ui, &aws)?)?;
    let identity = profile.caller_identity(args.min_validity.unwrap_or_default(), ui)?;
    match args.output.form() {
        OutputForm::Json => ui.print(&json(&identity)),
        OutputForm::Text => ui.print_text(&text(&identity)),
    }
}

fn open(args: &Args, ui: &Ui) -> Result<Aws, Error> {
    let aws = Aws::from_process(args.global.short_connection(ui.program()))?;
    let ui = ui.clone();
    Ok(aws.before_first_request(move || ui.exit_on_interrupt()))
}

/// Returns the profile. A session has no identity, because its token is not for a role.
fn selection(args: &Args, ui: &Ui, aws: &Aws) -> Result<Selection, Failure> {
    match selected::arguments(args, aws)?.first() {
        None => Ok(selection_of_environment(ui, aws.env())?),
        Some(SelectedSession::Profile(name)) => Ok(Selection::Profile((*name).into())),
        Some(argument) => {
            let (_, found) = selected::for_table(args, aws)?;
            Err(without_role(*argument, &found))
        }
    }
}

fn without_role(argument: SelectedSession<'_>, found: &ConfiguredSessions) -> Failure {
    let session = found.sessions.first();
    let label = match (argument, session) {
        (SelectedSession::StartUrl(url), _) => format!("start URL {}", escaped(url)),
        (_, session) => session.map(SsoSession::label).unwrap_or_default(),
    };
    let chains = found.chains.iter().filter(|chain| has_role(chain));
    let profiles: Vec<_> = chains.map(SsoChain::name).collect();
    let session = session.and_then(|session| session.name.as_ref());
    Failure::configuration(anyhow!(
        "{label} has no identity without an account and a role"
    ))
    .with_profile_hint(&profiles, session)
}

/// Returns false for a profile that only gets a bearer token.
fn has_role(chain: &SsoChain) -> bool {
    chain.source.account_id.is_some() && chain.source.role_name.is_some()
}

/// Fields of the response, in the order of the AWS CLI. It has no `schemaVersion`, because the document
/// is that of another program.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    user_id: &'a str,
    account: &'a AccountId,
    arn: &'a str,
}

/// Returns the output of `aws sts get-caller-identity`, which indents with four spaces.
fn json(identity: &CallerIdentity) -> String {
    let document = Document {
        user_id: &identity.user_id,
        account: &identity.account,
        arn: &identity.arn,
    };
    let mut json = Vec::new();
    let formatter = PrettyFormatter::with_indent(b"    ");
    let written = document.serialize(&mut Serializer::with_formatter(&mut json, formatter));
    written.expect("strings serialize to JSON");
    json.push(b'\n');
    String::from_utf8(json).expect("JSON is UTF-8")
}

fn text(identity: &CallerIdentity) -> String {
    let account = escaped(identity.account.as_str());
    let arn = escaped(&identity.arn);
    format!("Account: {account}\nARN: {arn}\n")
}
