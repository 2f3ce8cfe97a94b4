//! `sso-configure accounts`.

use clap::Args;
use cli_ux::sign_in::selected_session;
use cli_ux::{Failure, OutputArg, OutputForm, ProfileArgs, Table, Ui};
use serde::Serialize;
use sso_config::SsoSession;
use sso_credentials::Aws;
use sso_credentials::accounts::{AccountRoles, CheckpointUse, Listing};
use sso_credentials::aws::Selection;
use sso_types::{
    AccountId, Region, RoleName, SessionName, StartUrl, escaped, timestamp, whole_minutes,
};

use crate::context::Context;
use crate::listing::{ListedSession, SkippedAccount, check_refused};

/// List the accounts and roles of an SSO session
///
/// Changes no profiles. A listing is kept for one hour, until the next sign-in or refresh; the output
/// shows its age.
#[derive(Args, Debug)]
pub(crate) struct AccountsArgs {
    /// List the accounts again, instead of showing the last listing
    #[arg(long)]
    refresh: bool,

    /// Sign in first if needed (interactive terminals only)
    #[arg(long)]
    login: bool,

    #[command(flatten)]
    selection: ProfileArgs,

    #[command(flatten)]
    output: OutputArg,

    /// Print one line for each role: account ID and role name
    #[arg(long, conflicts_with_all = ["output", "json"], help_heading = "Output")]
    names: bool,
}

pub(crate) fn run(args: &AccountsArgs, context: Context<'_>) -> Result<(), Failure> {
    let mut aws = context.aws()?;
    let selection = args.selection.selection(aws.files())?;
    let question = "Select the SSO session whose accounts are listed:";
    let session = selected_session(&aws, context.ui, &selection, question)?
        .settings()
        .clone();
    let listed = ListedSession {
        context,
        session: &session,
        selection: &selection,
        login: args.login,
    };
    let cached = cached(args, &session, &selection, &aws)?;
    let is_cached = cached.is_some();
    let listing = match cached {
        Some(listing) => listing,
        None => listed.list(&mut aws, &|_| true, checkpoint(args), |failure, _| failure)?,
    };
    if is_cached || listing.is_resumed() {
        say_age(&session, &listing, context);
    }
    listed.warn_of_refused(&listing);
    match (args.output.form(), args.names) {
        (OutputForm::Json, _) => context.print_json(&document(&session, &listing))?,
        (OutputForm::Text, true) => context.ui.print_exact(&names(&listing))?,
        (OutputForm::Text, false) => {
            context
                .ui
                .print_text(&text(&session, &listing, context.ui))?;
        }
    }
    let hint = "ask your IAM Identity Center administrator about the skipped accounts";
    check_refused(listing.refused.len(), hint)
}

fn cached(
    args: &AccountsArgs,
    session: &SsoSession,
    selection: &Selection,
    aws: &Aws,
) -> Result<Option<Listing>, Failure> {
    if args.refresh {
        return Ok(None);
    }
    let session = aws.session_with(session.clone(), selection)?;
    Ok(session.cached_listing())
}

fn checkpoint(args: &AccountsArgs) -> CheckpointUse {
    if args.refresh {
        CheckpointUse::Ignore
    } else {
        CheckpointUse::Continue
    }
}

fn say_age(session: &SsoSession, listing: &Listing, context: Context<'_>) {
    let age = (context.now() - listing.listed_at).max(time::Duration::ZERO);
    context.ui.say(format_args!(
        "{}: listed {} ago; use --refresh to list the accounts again",
        session.label(),
        whole_minutes(age.unsigned_abs())
    ));
}

fn text(session: &SsoSession, listing: &Listing, ui: &Ui) -> String {
    if listing.accounts.is_empty() {
        let label = escaped(&session.label());
        return if listing.refused.is_empty() {
            format!("{label}: no accounts\n")
        } else {
            format!("{label}: the access portal refused all accounts\n")
        };
    }
    let mut table = Table::new(["ACCOUNT", "NAME", "ROLE"]);
    for AccountRoles { account, roles, .. } in &listing.accounts {
        let id = escaped(account.account_id.as_str());
        let name = account
            .account_name
            .as_deref()
            .map_or_else(|| "–".to_owned(), escaped);
        if roles.is_empty() {
            table.add([&id, &name, "–"]);
        }
        for role in roles {
            table.add([&id, &name, escaped(role.as_str()).as_str()]);
        }
    }
    ui.fitted(&table)
}

fn names(listing: &Listing) -> String {
    let accounts = listing.accounts.iter();
    let lines = accounts.flat_map(|AccountRoles { account, roles, .. }| {
        let line = |role: &RoleName| {
            let (id, role) = (account.account_id.as_str(), role.as_str());
            format!("{} {}\n", escaped(id), escaped(role))
        };
        roles.iter().map(line)
    });
    lines.collect()
}

fn document<'a>(session: &'a SsoSession, listing: &'a Listing) -> Document<'a> {
    let accounts = listing.accounts.iter().map(|listed| ListedAccount {
        account_id: &listed.account.account_id,
        account_name: listed.account.account_name.as_deref(),
        email_address: listed.account.email_address.as_deref(),
        roles: &listed.roles,
    });
    let skipped = listing.refused.iter();
    let skipped = skipped.map(|refused| SkippedAccount::new(session, refused));
    Document {
        session_name: session.name.as_ref(),
        start_url: &session.start_url,
        region: &session.region,
        listed_at: timestamp::format(listing.listed_at),
        accounts: accounts.collect(),
        skipped: skipped.collect(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    /// `null` for a legacy start URL.
    session_name: Option<&'a SessionName>,
    start_url: &'a StartUrl,
    region: &'a Region,
    listed_at: String,
    accounts: Vec<ListedAccount<'a>>,
    skipped: Vec<SkippedAccount<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedAccount<'a> {
    account_id: &'a AccountId,
    account_name: Option<&'a str>,
    email_address: Option<&'a str>,
    roles: &'a [RoleName],
}
