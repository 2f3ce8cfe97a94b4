//! `sso-configure populate`.

mod args;
mod rule;
mod sessions;
mod setting;
mod sync_file;
mod template;

mod desired;
mod write;

use std::time::Duration;

use anyhow::anyhow;
use cli_ux::sign_in::{SignInArgs, SignInDialog};
use cli_ux::{Failure, OutputForm};
use serde::Serialize;
use sso_config::{ConfigEdit, ConfigFiles, SsoSession};
use sso_credentials::accounts::{AccountRoles, CheckpointUse};
use sso_credentials::aws::Selection;
use sso_credentials::{Account, Aws, Error};
use sso_session::sign_in::TokenRequirement;
use sso_types::{minutes, sanitize};

use crate::confirmation::{confirm, show};
use crate::context::Context;
use crate::precedence::before_sso;
pub(crate) use args::{PopulateArgs, with_own_help};
use desired::DesiredProfile;
use rule::{DEFAULT_NAME_TEMPLATE, Patterns, Rule};
use sync_file::SyncFile;
use write::{EditSummary, ProfileEdit, ReplacedName};

/// Maximum number of warnings of one kind. Further warnings are only counted.
const MAX_WARNINGS: usize = 20;

/// Minimum remaining lifetime of a token for a listing. The token is refreshed if the listing takes
/// longer.
const MIN_VALIDITY: Duration = Duration::from_secs(15 * 60);

pub(crate) fn run(args: &PopulateArgs, context: Context<'_>) -> Result<(), Failure> {
    let mut aws = context.aws()?;
    let files = aws.files();
    let SyncFile {
        sessions,
        mut rules,
    } = match &args.from {
        Some(path) => SyncFile::read(path).map_err(Failure::configuration)?,
        None => from_args(args, files)?,
    };
    for rule in &mut rules {
        rule.set.extend(args.set.iter().cloned());
    }
    let sessions = sessions::of_rules(&rules, sessions, files)?;
    let populate = Populate {
        args,
        context,
        rules: &rules,
        sessions: &sessions,
    };
    populate.run(&mut aws)
}

fn from_args(args: &PopulateArgs, files: &ConfigFiles) -> Result<SyncFile, Failure> {
    let template = args.name_template.clone();
    let rule = Rule {
        session: sessions::selected(args, files)?,
        name_template: template
            .map_or_else(|| DEFAULT_NAME_TEMPLATE.parse(), Ok)
            .map_err(|reason| Failure::other(anyhow!(reason)))?,
        accounts: Patterns::new(args.account.as_deref(), &args.exclude_account),
        roles: Patterns::new(args.role.as_deref(), &args.exclude_role),
        regions: args.region.clone(),
        set: Vec::new(),
    };
    rule.check()
        .map_err(|reason| Failure::usage(anyhow!("--name-template: {reason}")))?;
    Ok(SyncFile {
        sessions: Vec::new(),
        rules: vec![rule],
    })
}

struct Populate<'a> {
    args: &'a PopulateArgs,
    context: Context<'a>,
    rules: &'a [Rule],
    sessions: &'a [SsoSession],
}

impl Populate<'_> {
    fn run(&self, aws: &mut Aws) -> Result<(), Failure> {
        let (profiles, collisions) = desired::checked(self.desired(aws)?.into_iter());
        if self.args.prune && profiles.is_empty() {
            self.context
                .ui
                .warn("no accounts and roles match the filters, so no profiles are removed");
        }
        let profile_edit = ProfileEdit {
            sessions: self.sessions,
            profiles: &profiles,
            prunes: self.args.prune && !profiles.is_empty(),
        };
        self.write(&profile_edit, &collisions)
    }

    fn desired(&self, aws: &mut Aws) -> Result<Vec<DesiredProfile>, Failure> {
        let mut profiles = Vec::new();
        for session in self.sessions {
            let listed = self.list_with_login(session, aws)?;
            self.say_age(session, &listed);
            let rules = self.rules_of(session);
            profiles.extend(rules.flat_map(|rule| rule.profiles(&listed)));
        }
        Ok(profiles)
    }

    fn rules_of(&self, session: &SsoSession) -> impl Iterator<Item = &Rule> {
        let rules = self.rules.iter();
        rules.filter(|rule| session.name.as_ref() == Some(&rule.session))
    }

    /// Lists the accounts and roles of `session`. Signs in first if that is needed, requested and
    /// possible.
    fn list_with_login(
        &self,
        session: &SsoSession,
        aws: &mut Aws,
    ) -> Result<Vec<AccountRoles>, Failure> {
        let is_allowed = self.args.login && self.context.ui.is_interactive();
        aws.retry_after_sign_in(
            |aws| self.list(session, aws),
            |aws, _| Ok(is_allowed && self.sign_in(session, aws)?),
        )
    }

    fn list(&self, session: &SsoSession, aws: &Aws) -> Result<Vec<AccountRoles>, Error> {
        let ui = self.context.ui;
        let bar = ui.progress_bar(&format!("Listing the accounts of {}", session.label()));
        let session = aws.session_with(session.clone(), &self.selection())?;
        let includes = |account: &Account| {
            let mut rules = self.rules_of(session.settings());
            rules.any(|rule| rule.includes(account))
        };
        session.list_roles(&includes, self.checkpoint(), &|progress| {
            bar.set(progress.done, progress.known);
            bar.set_note(if progress.is_throttled {
                " (throttled)"
            } else {
                ""
            });
        })
    }

    /// With `--prune`, the result of an interrupted run is not used: it may lack a role that has been
    /// assigned since, whose profile would be removed.
    fn checkpoint(&self) -> CheckpointUse {
        if self.args.prune {
            CheckpointUse::Ignore
        } else {
            CheckpointUse::Continue
        }
    }

    /// Shows the number and age of the results of an interrupted run.
    fn say_age(&self, session: &SsoSession, listed: &[AccountRoles]) {
        let resumed = listed.iter().filter_map(|account| account.listed_at);
        let Some(oldest) = resumed.clone().min() else {
            return;
        };
        let accounts = match resumed.count() {
            1 => "1 account".to_owned(),
            count => format!("{count} accounts"),
        };
        let age = (self.context.now() - oldest).max(time::Duration::ZERO);
        self.context.ui.say(format_args!(
            "{}: the roles in {accounts} are from an interrupted run {} ago; run the command again to \
             list them again",
            session.label(),
            minutes(age.unsigned_abs())
        ));
    }

    fn sign_in(&self, session: &SsoSession, aws: &Aws) -> Result<bool, Failure> {
        let dialog = SignInDialog {
            ui: self.context.ui,
            args: &SignInArgs::default(),
            session: &aws.session_with(session.clone(), &self.selection())?,
            on_event: &|_| {},
        };
        dialog.sign_in(TokenRequirement::ValidFor(MIN_VALIDITY))?;
        Ok(true)
    }

    fn selection(&self) -> Selection {
        self.args.selection.selection()
    }

    /// Edits the current state of the file, because the listing may have taken minutes.
    fn write(&self, profile_edit: &ProfileEdit<'_>, collisions: &[String]) -> Result<(), Failure> {
        let env = self.context.env;
        let path = env.config_file()?.display().to_string();
        if self.args.dry_run {
            let mut edit = ConfigEdit::begin(env)?;
            let summary = self.edit(&mut edit, profile_edit, collisions)?;
            return self.show(&edit, &summary, &path);
        }
        let (command, now) = ("sso-configure populate", self.context.now());
        let make = |edit: &mut ConfigEdit| self.edit(edit, profile_edit, collisions);
        let summary = if self.args.prune && self.args.confirmation.asks(self.context.ui) {
            let mut edit = ConfigEdit::begin(env)?;
            let summary = make(&mut edit)?;
            if !self.confirms(&edit)? {
                return Ok(());
            }
            edit.commit(now, command)?;
            summary
        } else {
            ConfigEdit::apply(env, now, command, make)?.0
        };
        self.report(&summary, &path)?;
        self.say_replaced(&summary);
        self.context.ui.say(counts(&summary, &path));
        Ok(())
    }

    fn confirms(&self, edit: &ConfigEdit) -> Result<bool, Failure> {
        if edit.is_unchanged() {
            return Ok(true);
        }
        show(self.context.ui, &edit.diff());
        confirm(self.context.ui, "Write these changes?")
    }

    /// Shows the names of added profiles that differ from their accounts and roles.
    fn say_replaced(&self, summary: &EditSummary) {
        let ui = self.context.ui;
        let replaced = summary.replaced.iter();
        let mut added = replaced.filter(|replaced| summary.added.contains(&replaced.name));
        for ReplacedName { name, text } in added.by_ref().take(MAX_WARNINGS) {
            let text = sanitize(text);
            ui.say(format_args!(
                "Profile {name}: special characters replaced in {text:?}"
            ));
        }
        match added.count() {
            0 => {}
            1 => ui.say("Special characters replaced in 1 more name"),
            more => ui.say(format_args!(
                "Special characters replaced in {more} more names"
            )),
        }
    }

    fn edit(
        &self,
        edit: &mut ConfigEdit,
        profile_edit: &ProfileEdit<'_>,
        collisions: &[String],
    ) -> Result<EditSummary, Failure> {
        let files = ConfigFiles::load(self.context.env)?;
        let taken = profile_edit.collisions(edit.before(), &files);
        self.check(&[collisions, &taken].concat())?;
        let summary = edit.change(|config| profile_edit.apply(config))?;
        self.warn_of_shadowed(
            &files.with_config(edit.after().clone()),
            profile_edit.profiles,
        );
        Ok(summary)
    }

    fn check(&self, collisions: &[String]) -> Result<(), Failure> {
        for collision in collisions.iter().take(MAX_WARNINGS) {
            self.context.ui.warn(collision);
        }
        let names = match collisions.len() {
            0 => return Ok(()),
            1 => "1 profile name conflicts".to_owned(),
            count => format!("{count} profile names conflict"),
        };
        Err(
            Failure::configuration(anyhow!("{names}; nothing was written")).with_hint(
                "make the names unique with --name-template, or filter with --account and --role",
            ),
        )
    }

    fn warn_of_shadowed(&self, files: &ConfigFiles, profiles: &[DesiredProfile]) {
        let names = profiles.iter().map(|profile| profile.name.as_str().into());
        let found = names.filter_map(|name| before_sso(files, &name));
        let found: Vec<_> = found.collect();
        for (location, message) in found.iter().take(MAX_WARNINGS) {
            self.context.ui.warn(format_args!("{location}: {message}"));
        }
        let more = found.len().saturating_sub(MAX_WARNINGS);
        if more > 0 {
            self.context
                .ui
                .warn(format_args!("the same applies to {more} more"));
        }
    }

    fn show(&self, edit: &ConfigEdit, summary: &EditSummary, path: &str) -> Result<(), Failure> {
        if self.args.output.output == OutputForm::Text {
            self.context.ui.print_text(&edit.diff())?;
        }
        self.report(summary, path)?;
        self.say_replaced(summary);
        if edit.is_unchanged() {
            self.context.ui.say(counts(summary, path));
            return Ok(());
        }
        self.context
            .ui
            .say(format_args!("Dry run: {}", counts(summary, path)));
        Err(Failure::difference())
    }

    fn report(&self, summary: &EditSummary, path: &str) -> Result<(), Failure> {
        if self.args.output.output == OutputForm::Text {
            return Ok(());
        }
        let document = Document {
            dry_run: self.args.dry_run,
            file: path,
            added: &summary.added,
            changed: &summary.changed,
            removed: &summary.removed,
            unchanged: &summary.unchanged,
            replaced_names: &summary.replaced,
        };
        self.context.print_json(&document)
    }
}

/// Returns a text such as `/home/me/.aws/config: profiles: 6 added, 2 changed, 4 unchanged.`
fn counts(summary: &EditSummary, path: &str) -> String {
    let counts = [
        (&summary.added, "added"),
        (&summary.changed, "changed"),
        (&summary.removed, "removed"),
        (&summary.unchanged, "unchanged"),
    ];
    let counts: Vec<_> = counts
        .iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, change)| format!("{} {change}", names.len()))
        .collect();
    match counts.as_slice() {
        [] => format!("{path}: no profiles."),
        counts => format!("{path}: profiles: {}.", counts.join(", ")),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    dry_run: bool,
    file: &'a str,
    added: &'a [String],
    changed: &'a [String],
    removed: &'a [String],
    unchanged: &'a [String],
    replaced_names: &'a [ReplacedName],
}
