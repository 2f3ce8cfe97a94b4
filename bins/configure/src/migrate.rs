//! `sso-configure migrate`.

mod groups;

use anyhow::anyhow;
use clap::Args;
use cli_ux::{Failure, FailureKind, Question};
use sso_config::{ConfigEdit, ConfigFiles, ConfiguredSessions};
use sso_types::sanitize;

use crate::context::Context;
use groups::{Group, groups};

/// Move legacy profiles, which name a start URL of their own, to an [sso-session]
///
/// Profiles of one start URL and Region share a session: one that the config has already, or a new
/// one, named after the start URL or by --sso-session. The diff is shown first. Tokens are left
/// alone; sign in to the session afterwards.
#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    /// Name of the new session, where there is one start URL to migrate
    #[arg(long, value_name = "NAME", value_parser = session_name)]
    sso_session: Option<String>,

    /// Only profiles of this start URL
    #[arg(long, value_name = "URL")]
    start_url: Option<String>,

    /// Write without asking
    #[arg(long, short)]
    yes: bool,

    /// Change nothing; print the diff, and exit with status 1 if there is one
    #[arg(long, visible_alias = "diff")]
    dry_run: bool,
}

/// Shows the diff, asks, and writes.
pub(crate) fn run(args: &MigrateArgs, context: Context<'_>) -> Result<(), Failure> {
    let files = context.files()?;
    let mut edit = ConfigEdit::begin(context.env)?;
    let mut groups = groups(&ConfiguredSessions::of(&files), edit.before());
    if let Some(start_url) = &args.start_url {
        groups.retain(|group| group.start_url.as_str() == start_url);
    }
    if let Some(name) = &args.sso_session {
        name_the_only(&mut groups, name, &files)?;
    }
    if args.sso_session.is_none() && !args.yes && !args.dry_run && context.ui.is_interactive() {
        ask_names(&mut groups, context, &files)?;
    }
    for group in &groups {
        edit.change(|config| group.migrate(config))?;
    }
    if edit.is_unchanged() {
        context.ui.say("There is no legacy profile to migrate.");
        return Ok(());
    }
    if args.dry_run {
        context.ui.print(&edit.diff())?;
        return Err(Failure::difference());
    }
    context.ui.ask(edit.diff().trim_end());
    if !args.yes && !context.ui.confirm("Write this?", "--yes")? {
        context.ui.say("Nothing is changed.");
        return Ok(());
    }
    edit.commit(context.now(), "sso-configure migrate")?;
    for group in &groups {
        context.ui.say(done(group));
    }
    Ok(())
}

fn done(group: &Group) -> String {
    let profiles = counted(group.profiles.len());
    let start_url = sanitize(group.start_url.as_str());
    let session = &group.session;
    format!(
        "{profiles} of {start_url} now in the sso-session {session}; sign in with: sso-login \
         --sso-session {session}"
    )
}

fn session_name(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err("other SDKs cannot read a name with a blank".to_owned());
    }
    Ok(text.to_owned())
}

fn name_the_only(groups: &mut [Group], name: &str, files: &ConfigFiles) -> Result<(), Failure> {
    let [group] = groups else {
        let error = anyhow!(
            "--sso-session names one session, and there are {} start URLs to migrate",
            groups.len()
        );
        return Err(Failure::usage(error).with_hint("choose one with --start-url"));
    };
    if group.is_new && files.sso_session(name).is_some() {
        let error = anyhow!("[sso-session {name}] is there, with another start URL or Region");
        return Err(Failure::new(FailureKind::Configuration, error));
    }
    if group.is_new {
        name.clone_into(&mut group.session);
    }
    Ok(())
}

/// Asks the user for the names of new sessions; Enter keeps a proposed name.
fn ask_names(
    groups: &mut [Group],
    context: Context<'_>,
    files: &ConfigFiles,
) -> Result<(), Failure> {
    let is_free = |name: &str| {
        session_name(name)?;
        match files.sso_session(name) {
            Some(_) => Err("there is such a session, with another start URL".to_owned()),
            None => Ok(()),
        }
    };
    for group in groups.iter_mut().filter(|group| group.is_new) {
        let start_url = sanitize(group.start_url.as_str());
        let text = format!("SSO session name for {start_url} [{}]: ", group.session);
        let question = Question::new(&text, "--sso-session")
            .default(&group.session)
            .check(&is_free);
        group.session = context.ui.ask_line(&question)?;
    }
    Ok(())
}

fn counted(profiles: usize) -> String {
    match profiles {
        1 => "1 profile".to_owned(),
        count => format!("{count} profiles"),
    }
}
