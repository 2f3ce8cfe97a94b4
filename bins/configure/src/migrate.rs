//! `sso-configure migrate`.

mod groups;
mod json;

use anyhow::anyhow;
use clap::Args;
use cli_ux::{
    Arguments, CommandLine, Failure, OutputArg, OutputForm, Question, nothing_configured_in,
};
use sso_config::{ConfigEdit, ConfigFiles, Error};
use sso_types::{ProfileName, escaped};

use crate::checks;
use crate::confirmation::{confirm, write_agreed};
use crate::context::Context;
use crate::contradictions::warn_of_contradictions;
use crate::precedence::over_written;
use groups::{Group, count_start_urls, free_name, groups};
use json::Document;

/// Convert legacy profiles to use an [sso-session]
///
/// Legacy profiles contain a start URL instead of a session. Profiles with the same start URL and
/// Region share a session: an existing one, or a new one named after the start URL or with
/// --sso-session. The diff is shown before the file is written. Tokens are not changed; sign in to
/// the session afterwards.
#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    /// Name of the session, which may exist
    ///
    /// Requires a single start URL to migrate; see --start-url.
    #[arg(long, value_name = "NAME", value_parser = session_name)]
    sso_session: Option<String>,

    /// Migrate only the profiles with this start URL
    #[arg(long, value_name = "URL", help_heading = "Profile selection")]
    start_url: Option<String>,

    /// Write without asking for confirmation
    #[arg(long, short)]
    yes: bool,

    /// Print the diff without writing it
    ///
    /// The exit status is 1 if there is a diff.
    #[arg(long, visible_alias = "diff")]
    dry_run: bool,

    #[command(flatten)]
    output: OutputArg,
}

pub(crate) fn run(args: &MigrateArgs, context: Context<'_>) -> Result<(), Failure> {
    let Context { ui, env, .. } = context;
    let files = context.files()?;
    files.warn_of_unusable();
    let edit = ConfigEdit::begin(env)?;
    let found = selected_groups(args, &files, &edit);
    let mut groups = found.clone();
    if let Some(name) = &args.sso_session {
        name_only_group(&mut groups, name, &files)?;
    }
    if args.sso_session.is_none() && !args.yes && !args.dry_run && ui.is_interactive() {
        ask_names(&mut groups, context, &files)?;
    }
    let edit = migrated(edit, &groups)?;
    let path = edit.path().to_owned();
    let is_unchanged = edit.is_unchanged();
    let form = args.output.form();
    let mut is_written = false;
    if is_unchanged {
        ui.say("No legacy profiles to migrate.");
        if let Some(text) = nothing_configured_in(&files) {
            ui.say(text);
        }
    } else if !args.dry_run {
        is_written = write(args, context, edit, &found, &mut groups)?;
    } else if form == OutputForm::Text {
        ui.print_text(&edit.diff())?;
        warn_of_consequences(&groups, &edit, context)?;
    }
    if form == OutputForm::Json {
        context.print_json(&Document::of(&groups, &path, args.dry_run, is_written))?;
    }
    if is_written {
        for group in &groups {
            ui.say(summary(group));
        }
    }
    if args.dry_run && !is_unchanged {
        return Err(Failure::difference());
    }
    Ok(())
}

/// Returns whether the edit was written, and `false` if the user declines it.
fn write(
    args: &MigrateArgs,
    context: Context<'_>,
    edit: ConfigEdit,
    found: &[Group],
    groups: &mut [Group],
) -> Result<bool, Failure> {
    let ui = context.ui;
    let mut first = Some(edit);
    let written = write_agreed(|agreement| {
        let edit = match first.take() {
            Some(edit) => edit,
            None => migrated_again(args, context, found, groups)?,
        };
        let is_agreed = agreement.includes(&edit, "Write these changes?", ui, |question| {
            warn_of_consequences(groups, &edit, context)?;
            Ok(args.yes || confirm(ui, question)?)
        })?;
        let write = || edit.commit(context.now(), "sso-configure migrate");
        Ok(is_agreed.then(write))
    })?;
    Ok(written.is_some())
}

/// Warns of the consequences of an edit that is not yet written.
fn warn_of_consequences(
    groups: &[Group],
    edit: &ConfigEdit,
    context: Context<'_>,
) -> Result<(), Failure> {
    let files = context.files()?.with_config(edit.after().clone());
    for group in groups {
        warn_of_overridden(group, &files, context);
        let session = group.session.as_str().into();
        warn_of_contradictions(context.ui, &files, &session, &group.profiles);
    }
    Ok(())
}

fn selected_groups(args: &MigrateArgs, files: &ConfigFiles, edit: &ConfigEdit) -> Vec<Group> {
    let mut groups = groups(files, edit.before());
    if let Some(start_url) = &args.start_url {
        groups.retain(|group| group.has_start_url(&start_url.as_str().into()));
    }
    groups
}

fn migrated(mut edit: ConfigEdit, groups: &[Group]) -> Result<ConfigEdit, Error> {
    for group in groups {
        edit.change(|config| group.migrate(config))?;
    }
    Ok(edit)
}

/// Migrates the current file, with the names of the sessions in `groups`. Fails if the groups are no
/// longer those `found` before.
fn migrated_again(
    args: &MigrateArgs,
    context: Context<'_>,
    found: &[Group],
    groups: &mut [Group],
) -> Result<ConfigEdit, Failure> {
    let files = context.files()?;
    let edit = ConfigEdit::begin(context.env)?;
    if selected_groups(args, &files, &edit) != found {
        let path = edit.path().to_owned();
        return Err(Error::ConfigChanged { path }.into());
    }
    for group in groups.iter_mut() {
        let name = group.session.clone();
        let set = group.set_session(&name, &files);
        set.map_err(|difference| Failure::configuration(anyhow!(difference)))?;
    }
    Ok(migrated(edit, groups)?)
}

/// Warns of keys that the session replaces, such as `sso_start_url` in the credentials file.
fn warn_of_overridden(group: &Group, files: &ConfigFiles, context: Context<'_>) {
    for profile in &group.profiles {
        let removed = ["sso_start_url", "sso_region"].into_iter();
        let removed = removed.filter(|key| !agrees_in_defaults(key, profile, group, files));
        let mut written = vec![("sso_session", Some(group.session.as_str()))];
        written.extend(removed.map(|key| (key, None)));
        for (location, message) in over_written(files, profile, &written) {
            context.ui.warn(format_args!("{location}: {message}"));
        }
    }
}

/// Returns whether `profile` inherits the value of the session from `[DEFAULT]`, which stays valid for
/// other profiles.
fn agrees_in_defaults(
    key: &str,
    profile: &ProfileName,
    group: &Group,
    files: &ConfigFiles,
) -> bool {
    let inherited = files.profile(profile).and_then(|profile| profile.get(key));
    let inherited = inherited.filter(|property| property.section().is_defaults());
    let session = files.sso_session(&group.session);
    let in_session = session.and_then(|session| session.get(key));
    matches!((inherited, in_session), (Some(a), Some(b)) if a.value() == b.value())
}

fn summary(group: &Group) -> String {
    let profiles = profile_count(group.profiles.len());
    let start_url = escaped(&group.start_url.to_string());
    let session = &group.session;
    let arguments = Arguments::new().option("--sso-session", session);
    let command = CommandLine::new("sso-login", arguments);
    format!(
        "Migrated {profiles} of {start_url} to SSO session {}. To sign in: {command}",
        escaped(session)
    )
}

fn session_name(text: &str) -> Result<String, String> {
    checks::session_name(text)?;
    Ok(text.to_owned())
}

fn name_only_group(groups: &mut [Group], name: &str, files: &ConfigFiles) -> Result<(), Failure> {
    let group = match groups {
        [] => return Ok(()),
        [group] => group,
        several => return Err(not_single(several)),
    };
    if let Err(difference) = group.set_session(name, files) {
        let section = files.sso_session(name);
        let location = section.map(|section| files.location_of_section(&section));
        let location = location.map_or_else(String::new, |location| format!(" at {location}"));
        let name = escaped(name);
        let error = anyhow!(
            "--sso-session {name} contradicts the session{location}, which has {difference}"
        );
        return Err(Failure::configuration(error));
    }
    Ok(())
}

fn not_single(groups: &[Group]) -> Failure {
    let count = count_start_urls(groups);
    if count > 1 {
        let error =
            anyhow!("--sso-session requires a single start URL to migrate, but there are {count}");
        return Failure::usage(error).with_hint("select one with --start-url");
    }
    let regions: Vec<_> = groups.iter().map(|group| group.region.as_str()).collect();
    let error = anyhow!(
        "--sso-session requires a single Region to migrate, but the profiles have {}",
        escaped(&regions.join(", "))
    );
    Failure::usage(error).with_hint(
        "correct sso_region in the profiles, or omit --sso-session for a session in each Region",
    )
}

fn ask_names(
    groups: &mut [Group],
    context: Context<'_>,
    files: &ConfigFiles,
) -> Result<(), Failure> {
    for index in 0..groups.len() {
        let (named, rest) = groups.split_at_mut(index);
        let group = &mut rest[0];
        if !group.is_new {
            continue;
        }
        let default = free_name(&group.start_url, files, named);
        let can_use = |name: &str| {
            checks::session_name(name)?;
            match named.iter().find(|other| other.session == name) {
                Some(other) => Err(format!(
                    "this is the name for {} in {}",
                    escaped(&other.start_url.to_string()),
                    other.region
                )),
                None => group
                    .clone()
                    .set_session(name, files)
                    .map_err(|difference| {
                        format!("a session with this name already exists, which has {difference}")
                    }),
            }
        };
        let start_url = escaped(&group.start_url.to_string());
        let region = &group.region;
        let profiles = profile_count(group.profiles.len());
        context
            .ui
            .ask(format_args!("{profiles} of {start_url} in {region}"));
        let text = format!("SSO session name [{default}]: ");
        let question = Question::new(&text, "--sso-session")
            .default(&default)
            .check(&can_use);
        let name = context.ui.ask_line(&question)?;
        let set = group.set_session(&name, files);
        set.map_err(|difference| Failure::configuration(anyhow!(difference)))?;
    }
    Ok(())
}

fn profile_count(profiles: usize) -> String {
    match profiles {
        1 => "1 profile".to_owned(),
        count => format!("{count} profiles"),
    }
}
