//! `sso-configure migrate`.

mod groups;

use anyhow::anyhow;
use aws_config_parse::SectionRef;
use clap::Args;
use cli_ux::{Arguments, CommandLine, Failure, Question};
use sso_config::{ConfigEdit, ConfigFiles, ConfiguredSessions};
use sso_types::sanitize;

use crate::context::Context;
use groups::{Group, groups};

/// Convert legacy profiles to use an [sso-session]
///
/// Legacy profiles contain a start URL instead of a session. Profiles with the same start URL and
/// Region share a session: an existing one, or a new one named after the start URL or with
/// --sso-session. The diff is shown before the file is written. Tokens are not changed; sign in to
/// the session afterwards.
#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    /// Name of the new session
    ///
    /// Requires a single start URL to migrate; see --start-url.
    #[arg(long, value_name = "NAME", value_parser = session_name)]
    sso_session: Option<String>,

    /// Migrate only the profiles with this start URL
    #[arg(long, value_name = "URL")]
    start_url: Option<String>,

    /// Write without asking for confirmation
    #[arg(long, short)]
    yes: bool,

    /// Print the diff without writing it
    ///
    /// The exit status is 1 if there is a diff.
    #[arg(long, visible_alias = "diff")]
    dry_run: bool,
}

pub(crate) fn run(args: &MigrateArgs, context: Context<'_>) -> Result<(), Failure> {
    let files = context.files()?;
    files.warn_of_unusable();
    let mut edit = ConfigEdit::begin(context.env)?;
    let mut groups = groups(&ConfiguredSessions::of(&files), edit.before());
    if let Some(start_url) = &args.start_url {
        groups.retain(|group| group.start_url.as_str() == start_url);
    }
    if let Some(name) = &args.sso_session {
        name_only_group(&mut groups, name, &files)?;
    }
    if args.sso_session.is_none() && !args.yes && !args.dry_run && context.ui.is_interactive() {
        ask_names(&mut groups, context, &files)?;
    }
    for group in &groups {
        edit.change(|config| group.migrate(config))?;
    }
    if edit.is_unchanged() {
        context.ui.say("No legacy profiles to migrate.");
        return Ok(());
    }
    if args.dry_run {
        context.ui.print_text(&edit.diff())?;
        return Err(Failure::difference());
    }
    for line in edit.diff().lines() {
        context.ui.ask(line);
    }
    if !args.yes && !context.ui.confirm("Write these changes?", "--yes")? {
        context.ui.say("Nothing changed.");
        return Ok(());
    }
    edit.commit(context.now(), "sso-configure migrate")?;
    for group in &groups {
        context.ui.say(summary(group));
    }
    Ok(())
}

fn summary(group: &Group) -> String {
    let profiles = profile_count(group.profiles.len());
    let start_url = sanitize(group.start_url.as_str());
    let session = &group.session;
    let arguments = Arguments::new().option("--sso-session", session);
    let command = CommandLine::new("sso-login", arguments);
    format!(
        "Migrated {profiles} of {start_url} to SSO session {}. To sign in: {command}",
        sanitize(session)
    )
}

fn session_name(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err("a session name must not be empty or contain white space".to_owned());
    }
    Ok(text.to_owned())
}

fn name_only_group(groups: &mut [Group], name: &str, files: &ConfigFiles) -> Result<(), Failure> {
    let [group] = groups else {
        let error = anyhow!(
            "--sso-session requires a single start URL to migrate, but there are {}",
            groups.len()
        );
        return Err(Failure::usage(error).with_hint("select one with --start-url"));
    };
    if let Some((section, difference)) = contradiction(group, name, files) {
        let location = files.location_of_section(&section);
        let name = sanitize(name);
        let error = anyhow!(
            "--sso-session {name} contradicts the session at {location}, which has {difference}"
        );
        return Err(Failure::configuration(error));
    }
    if group.is_new {
        name.clone_into(&mut group.session);
    }
    Ok(())
}

/// Returns the session in the config file that contradicts the name, with the reason.
fn contradiction<'a>(
    group: &Group,
    name: &str,
    files: &'a ConfigFiles,
) -> Option<(SectionRef<'a>, &'static str)> {
    if group.is_new {
        let difference = "a different start URL or Region";
        return Some((files.sso_session(name)?, difference));
    }
    let existing = files.sso_session(&group.session)?;
    (group.session != name).then_some((existing, "the same start URL and Region"))
}

fn ask_names(
    groups: &mut [Group],
    context: Context<'_>,
    files: &ConfigFiles,
) -> Result<(), Failure> {
    let is_free = |name: &str| {
        session_name(name)?;
        match files.sso_session(name) {
            Some(_) => Err(
                "a session with this name already exists, with a different start URL or Region"
                    .to_owned(),
            ),
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

fn profile_count(profiles: usize) -> String {
    match profiles {
        1 => "1 profile".to_owned(),
        count => format!("{count} profiles"),
    }
}
