//! `sso-configure populate`.

mod args;
mod patterns;
mod quotes;
mod rule;
mod sessions;
mod setting;
mod sync_file;
mod template;

mod desired;
mod left_behind;
mod names;
mod overruled;
mod renaming;
mod report;
mod write;

use std::collections::HashSet;

use anyhow::anyhow;
use aws_config_parse::Outcome;
use cli_ux::{Failure, FailureKind, OutputForm};
use sso_config::{ConfigEdit, ConfigFiles, Location, SsoSession};
use sso_credentials::accounts::{CheckpointUse, Listing, RefusedAccount};
use sso_credentials::aws::Selection;
use sso_credentials::{Account, Aws};
use sso_types::{SessionName, escaped, whole_minutes};

use crate::confirmation::{confirm, write_agreed};
use crate::context::Context;
use crate::contradictions::warn_of_contradictions;
use crate::listing::{ListedSession, check_refused};
pub(crate) use args::{PopulateArgs, with_own_help};
use desired::DesiredProfile;
use left_behind::left_behind;
use overruled::{overruled, shadowed};
use patterns::{FilterNames, Patterns};
use renaming::{NameChanges, broken_references, sources};
use report::{Question, Report, say_removed_keys};
use rule::{DEFAULT_NAME_TEMPLATE, Rule, Unquotable};
use sync_file::SyncFile;
use write::{EditSummary, ProfileEdit};

const ACCOUNTS: FilterNames = FilterNames {
    include: "--account",
    exclude: "--exclude-account",
    object: "account",
};

const ROLES: FilterNames = FilterNames {
    include: "--role",
    exclude: "--exclude-role",
    object: "role",
};

pub(crate) fn run(args: &PopulateArgs, context: Context<'_>) -> Result<(), Failure> {
    let mut aws = context.aws()?;
    let files = aws.files();
    let selection = args.selection.selection(files)?;
    let SyncFile {
        sessions,
        mut rules,
    } = match &args.from {
        Some(path) => SyncFile::read(path).map_err(Failure::configuration)?,
        None => from_args(args, &selection, files, context)?,
    };
    for rule in &mut rules {
        rule.set.extend(args.set.iter().cloned());
    }
    let sessions = sessions::of_rules(&rules, sessions, files)?;
    let populate = Populate {
        args,
        context,
        selection: &selection,
        rules: &rules,
        sessions: &sessions,
    };
    populate.run(&mut aws)
}

fn from_args(
    args: &PopulateArgs,
    selection: &Selection,
    files: &ConfigFiles,
    context: Context<'_>,
) -> Result<SyncFile, Failure> {
    let template = args.name_template.clone();
    let rule = Rule {
        number: None,
        session: sessions::selected(selection, context.env, files, context.ui)?,
        name_template: template
            .map_or_else(|| DEFAULT_NAME_TEMPLATE.parse(), Ok)
            .map_err(|reason| Failure::other(anyhow!(reason)))?,
        accounts: Patterns::new(ACCOUNTS, args.account.as_deref(), &args.exclude_account),
        roles: Patterns::new(ROLES, args.role.as_deref(), &args.exclude_role),
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
    selection: &'a Selection,
    rules: &'a [Rule],
    sessions: &'a [SsoSession],
}

/// Profiles to write, and the accounts whose roles are unknown.
#[derive(Default)]
struct Listed<'a> {
    profiles: Vec<DesiredProfile>,
    refused: Vec<(&'a SsoSession, RefusedAccount)>,
    /// Sessions with a rule that matches nothing.
    kept: HashSet<SessionName>,
}

impl<'a> Populate<'a> {
    fn run(&self, aws: &mut Aws) -> Result<(), Failure> {
        let Listed {
            profiles,
            refused,
            kept,
        } = self.list(aws)?;
        let (profiles, collisions) = desired::checked(profiles.into_iter());
        let profile_edit = ProfileEdit {
            sessions: self.sessions,
            profiles: &profiles,
            prunes: self.args.prune,
            refused: refused
                .iter()
                .map(|(session, refused)| {
                    (session.name.clone(), refused.account.account_id.clone())
                })
                .collect(),
            kept,
        };
        match self.write(&profile_edit, &collisions, &refused) {
            Err(failure) if failure.kind() != FailureKind::Difference => Err(failure),
            written => {
                let hint = if self.args.prune {
                    "ask your IAM Identity Center administrator about the skipped accounts; --prune keeps \
                     their profiles, unless they are excluded"
                } else {
                    "leave them out with --exclude-account, or exclude_accounts in the sync file; --prune \
                     then removes their profiles"
                };
                check_refused(refused.len(), hint)?;
                written
            }
        }
    }

    fn list(&self, aws: &mut Aws) -> Result<Listed<'a>, Failure> {
        let mut listed = Listed::default();
        for session in self.sessions {
            let listing = self.list_session(session, aws)?;
            let mut warnings = Vec::new();
            let mut unmatched = Vec::new();
            for rule in self.rules_of(session) {
                let profiles = rule.profiles(&listing).map_err(unquotable)?;
                warnings.extend(rule.warnings(&listing, profiles.is_empty()));
                unmatched.extend(profiles.is_empty().then_some(rule));
                listed.profiles.extend(profiles);
            }
            if listing.all_accounts().next().is_none() {
                warnings = vec!["no account is assigned to you".to_owned()];
            }
            let label = session.label();
            let warnings = warnings.iter();
            let warnings = warnings.map(|warning| format!("{label}: {warning}"));
            self.context.ui.warn_of_each(warnings);
            for rule in unmatched {
                self.warn_of_unmatched(rule, &listing);
                listed.kept.insert(rule.session.clone());
            }
            let refused = listing.refused.into_iter();
            listed
                .refused
                .extend(refused.map(|refused| (session, refused)));
        }
        Ok(listed)
    }

    /// Warns that `--prune` has no effect on the session of `rule`: the rule may contain an error, another
    /// user may have signed in, or its accounts are refused.
    fn warn_of_unmatched(&self, rule: &Rule, listing: &Listing) {
        if !self.args.prune {
            return;
        }
        let session = escaped(rule.session.as_str());
        if rule.is_refused(listing) {
            self.context.ui.warn(format_args!(
                "the access portal refused accounts of SSO session {session}, and no others are left, so \
                 none of its profiles are removed"
            ));
            return;
        }
        let filters = rule.place().unwrap_or_else(|| "the filters".to_owned());
        self.context.ui.warn(format_args!(
            "no accounts and roles of SSO session {session} match {filters}, so none of its profiles \
             are removed"
        ));
    }

    fn list_session(&self, session: &SsoSession, aws: &mut Aws) -> Result<Listing, Failure> {
        let listed = ListedSession {
            context: self.context,
            session,
            selection: self.selection,
            login: self.args.login,
        };
        let includes = |account: &Account| {
            let mut rules = self.rules_of(session);
            rules.any(|rule| rule.includes(account))
        };
        let listing = listed.list(aws, &includes, self.checkpoint(), |failure, aws| {
            let global = self.context.global;
            let with_login = || self.args.with_login(global.ca_bundle.as_deref());
            let with_login = self.context.ui.is_interactive().then(with_login);
            sessions::with_sign_in_hint(failure, session, aws.files(), with_login)
        })?;
        self.say_age(session, &listing);
        listed.warn_of_refused(&listing);
        Ok(listing)
    }

    fn rules_of(&self, session: &SsoSession) -> impl Iterator<Item = &'a Rule> {
        let name = session.name.clone();
        let rules = self.rules.iter();
        rules.filter(move |rule| name.as_ref() == Some(&rule.session))
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
    fn say_age(&self, session: &SsoSession, listing: &Listing) {
        let accounts = listing.accounts.iter();
        let resumed = accounts.filter(|account| account.listed_at.is_some());
        let accounts = match resumed.count() {
            0 => return,
            1 => "1 account".to_owned(),
            count => format!("{count} accounts"),
        };
        let age = (self.context.now() - listing.listed_at).max(time::Duration::ZERO);
        self.context.ui.say(format_args!(
            "{}: the roles in {accounts} are from an interrupted run {} ago; run the command again to \
             list them again",
            session.label(),
            whole_minutes(age.unsigned_abs())
        ));
    }

    /// Returns whether the user is asked before the write.
    fn asks(&self) -> bool {
        let args = self.args;
        args.prune && !args.dry_run && args.confirmation.asks(self.context.ui)
    }

    /// Edits the current state of the file, because the listing may have taken minutes.
    fn write(
        &self,
        profile_edit: &ProfileEdit<'_>,
        collisions: &[String],
        refused: &[(&SsoSession, RefusedAccount)],
    ) -> Result<(), Failure> {
        let Context { env, ui, .. } = self.context;
        let report_with = |summary: &EditSummary, has_changes, question| {
            let report = Report {
                context: self.context,
                form: self.args.output.form(),
                is_dry_run: self.args.dry_run,
                question,
                has_changes,
                path: &env.config_file()?.display().to_string(),
                summary,
                refused,
            };
            report.show()
        };
        let question = if self.asks() {
            Question::Agreed
        } else {
            Question::NotAsked
        };
        let report =
            |summary: &EditSummary, has_changes| report_with(summary, has_changes, question);
        let make = |edit: &mut ConfigEdit| self.edit(edit, profile_edit, collisions);
        if !self.args.dry_run {
            let (command, now) = ("sso-configure populate", self.context.now());
            let (summary, outcome) = if self.asks() {
                let written = write_agreed(|agreement| {
                    let mut edit = ConfigEdit::begin(env)?;
                    let summary = make(&mut edit)?;
                    let is_agreed = edit.is_unchanged()
                        || agreement.includes(&edit, "Write these changes?", ui, |question| {
                            say_removed_keys(&summary, self.context);
                            confirm(ui, question)
                        })?;
                    if !is_agreed {
                        report_with(&summary, true, Question::Declined)?;
                        return Ok(None);
                    }
                    Ok(Some(
                        edit.commit(now, command).map(|outcome| (summary, outcome)),
                    ))
                })?;
                let Some(written) = written else {
                    return Ok(());
                };
                written
            } else {
                ConfigEdit::apply(env, now, command, make)?
            };
            return report(&summary, outcome == Outcome::Changed);
        }
        let mut edit = ConfigEdit::begin(env)?;
        let summary = make(&mut edit)?;
        if self.args.output.form() == OutputForm::Text {
            self.context.ui.print_text(&edit.diff())?;
        }
        let is_changed = !edit.is_unchanged();
        report(&summary, is_changed)?;
        if is_changed {
            Err(Failure::difference())
        } else {
            Ok(())
        }
    }

    fn edit(
        &self,
        edit: &mut ConfigEdit,
        profile_edit: &ProfileEdit<'_>,
        collisions: &[String],
    ) -> Result<EditSummary, Failure> {
        let files = ConfigFiles::load(self.context.env)?;
        let changes = NameChanges::of(profile_edit, edit.before(), &files);
        let taken = profile_edit.collisions(edit.before(), &files, &changes);
        self.check(&[collisions, &taken].concat())?;
        let summary = edit.change(|config| profile_edit.apply(config, changes))?;
        let sources = sources(&files);
        let files = files.with_config(edit.after().clone());
        self.warn_of_locations(broken_references(&summary, &sources, &files));
        self.warn_of_locations(left_behind(profile_edit, edit.after(), &files));
        self.warn_of_locations(shadowed(&files, profile_edit.profiles));
        self.warn_of_locations(overruled(&files, profile_edit.profiles));
        for session in self.sessions.iter().filter_map(|it| it.name.as_ref()) {
            warn_of_contradictions(self.context.ui, &files, session, &[]);
        }
        Ok(summary)
    }

    fn check(&self, collisions: &[String]) -> Result<(), Failure> {
        let warnings = collisions.iter().cloned();
        self.context.ui.warn_of_each(warnings);
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

    fn warn_of_locations(&self, found: Vec<(Location, String)>) {
        let found = found.into_iter();
        let warnings = found.map(|(location, message)| format!("{location}: {message}"));
        self.context.ui.warn_of_each(warnings);
    }
}

fn unquotable(Unquotable { profile, key }: Unquotable) -> Failure {
    Failure::configuration(anyhow!(
        "{key} of profile {profile:?} would contain characters that cannot be quoted"
    ))
    .with_hint("use a field without them, or a filter, for example {account_name|slug}")
}
