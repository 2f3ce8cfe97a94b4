//! `sso-configure populate`: profiles for all accounts and roles.

mod args;
mod rule;
mod sync_file;
mod template;

mod wanted;
mod write;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::anyhow;
use cli_ux::{Failure, OutputForm, SignInArgs, SignInDialog, WantedToken};
use serde::Serialize;
use sso_credentials::{
    Account, AccountListing, AccountRoles, ConfigEdit, ConfigFiles, Error, ServiceClients,
    SsoProfile, SsoSession, SystemClock, TokenCache, printable,
};
use sso_types::SessionName;

use crate::command::Surroundings;
use crate::precedence::before_sso;
pub(crate) use args::PopulateArgs;
use rule::{NAME_TEMPLATE, Patterns, Rule};
use sync_file::SyncFile;
use wanted::Wanted;
use write::{Writing, Written};

/// More warnings of one kind than these are counted only.
const SHOWN: usize = 20;

/// Lists what there is to list, and writes the profiles in one edit.
pub(crate) fn run(args: &PopulateArgs, here: Surroundings<'_>) -> Result<(), Failure> {
    let files = ConfigFiles::load(here.env)?;
    let SyncFile {
        sessions,
        mut rules,
    } = match &args.from {
        Some(path) => SyncFile::read(path).map_err(Failure::configuration)?,
        None => from_args(args, &files)?,
    };
    for rule in &mut rules {
        rule.set.extend(args.set.iter().cloned());
    }
    let sessions = sessions_of(&rules, sessions, &files)?;
    let populate = Populate {
        args,
        here,
        files: &files,
        rules: &rules,
        sessions: &sessions,
        cache: &here.env.token_cache()?,
    };
    populate.run()
}

/// Returns the one rule that the arguments make.
fn from_args(args: &PopulateArgs, files: &ConfigFiles) -> Result<SyncFile, Failure> {
    let template = args.name_template.clone();
    let rule = Rule {
        session: session_name(args, files)?,
        name_template: template
            .map_or_else(|| NAME_TEMPLATE.parse(), Ok)
            .map_err(|reason| Failure::other(anyhow!(reason)))?,
        accounts: Patterns::new(&args.account, &args.exclude_account),
        roles: Patterns::new(&args.role, &args.exclude_role),
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

/// Without a word about it, the only session there is.
fn session_name(args: &PopulateArgs, files: &ConfigFiles) -> Result<SessionName, Failure> {
    if let Some(name) = &args.whom.sso_session {
        return Ok(name.as_str().into());
    }
    if let Some(profile) = &args.whom.profile {
        let session = SsoProfile::load(files, &profile.as_str().into())?.session;
        return session.name.ok_or_else(|| {
            Failure::configuration(anyhow!("the profile {profile:?} names no sso-session"))
                .with_hint("sso-configure migrate")
        });
    }
    let mut names = files.sso_session_names();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        (None, _) => Err(Failure::configuration(anyhow!(
            "there is no [sso-session] in {}",
            files.config_path().display()
        ))),
        _ => {
            let names = files.sso_session_names();
            let names: Vec<_> = names.map(|name| printable(name.as_str())).collect();
            let error = anyhow!("there are several sessions, and --sso-session names none");
            Err(Failure::usage(error).with_hint(format!("choose from {}", names.join(", "))))
        }
    }
}

/// Returns the sessions that the rules name: those of the config, and new ones of the file.
fn sessions_of(
    rules: &[Rule],
    described: Vec<SsoSession>,
    files: &ConfigFiles,
) -> Result<Vec<SsoSession>, Failure> {
    let described = described.into_iter();
    let described: BTreeMap<_, _> = described
        .map(|session| (session.name.clone(), session))
        .collect();
    let mut sessions: Vec<SsoSession> = Vec::new();
    for rule in rules {
        let name = Some(rule.session.clone());
        if sessions.iter().any(|session| session.name == name) {
            continue;
        }
        let described = described.get(&name);
        let session = match (SsoSession::named(files, &rule.session), described) {
            (Ok(session), Some(described)) => agreeing(session, described, files)?,
            (Err(Error::UnknownSession { .. }), Some(described)) => described.clone(),
            (session, _) => session?,
        };
        sessions.push(session);
    }
    Ok(sessions)
}

/// A file from elsewhere does not say where one signs in, where the config does.
fn agreeing(
    session: SsoSession,
    described: &SsoSession,
    files: &ConfigFiles,
) -> Result<SsoSession, Failure> {
    let agrees = session.start_url == described.start_url && session.region == described.region;
    if agrees {
        return Ok(session);
    }
    let name = session.name.as_ref().map_or("", SessionName::as_str);
    let section = files.sso_session(name);
    let place = section.map(|section| files.place_of_section(&section));
    Err(Failure::configuration(anyhow!(
        "[sso-session {name}]{} has another start URL or Region than the file",
        place.map_or_else(String::new, |place| format!(" at {place}"))
    ))
    .with_hint("if the file is right, change the section first"))
}

/// A listing is done by then, mostly; a longer one renews the token.
const QUARTER_OF_AN_HOUR: Duration = Duration::from_secs(15 * 60);

/// A run.
struct Populate<'a> {
    args: &'a PopulateArgs,
    here: Surroundings<'a>,
    files: &'a ConfigFiles,
    rules: &'a [Rule],
    sessions: &'a [SsoSession],
    cache: &'a TokenCache,
}

impl Populate<'_> {
    fn run(&self) -> Result<(), Failure> {
        let (profiles, collisions) = wanted::checked(self.wanted()?.into_iter());
        if self.args.prune && profiles.is_empty() {
            self.here
                .ui
                .warn("the portal lists nothing that is wanted; nothing is pruned for that");
        }
        let writing = Writing {
            sessions: self.sessions,
            profiles: &profiles,
            prunes: self.args.prune && !profiles.is_empty(),
        };
        self.write(&writing, &collisions)
    }

    fn wanted(&self) -> Result<Vec<Wanted>, Failure> {
        let mut wanted = Vec::new();
        for session in self.sessions {
            let listed = self.listed(session)?;
            let rules = self.rules.iter().filter(|rule| is_of(rule, session));
            wanted.extend(rules.flat_map(|rule| rule.wanted(&listed)));
        }
        Ok(wanted)
    }

    fn listed(&self, session: &SsoSession) -> Result<Vec<AccountRoles>, Failure> {
        match self.list(session) {
            Err(Error::SignInRequired { .. }) if self.args.login && self.here.ui.has_person() => {
                self.sign_in(session)?;
                Ok(self.list(session)?)
            }
            listed => Ok(listed?),
        }
    }

    fn list(&self, session: &SsoSession) -> Result<Vec<AccountRoles>, Error> {
        let rules = || self.rules.iter().filter(|rule| is_of(rule, session));
        let counting = self
            .here
            .ui
            .counting(&format!("Listing the accounts of {}", session.described()));
        let listing = AccountListing {
            session,
            cache: self.cache,
            env: self.here.env,
            files: self.files,
            connection: &self.here.global.connection("sso-configure"),
            clock: &SystemClock,
            wants: &|account: &Account| rules().any(|rule| rule.wants(account)),
            on_progress: &|progress| counting.set(progress.done, progress.known),
        };
        listing.list()
    }

    fn sign_in(&self, session: &SsoSession) -> Result<(), Failure> {
        let connection = self.here.global.connection("sso-configure");
        let profile = self.here.env.profile();
        let clients = ServiceClients::new(
            self.here.env,
            self.files,
            &profile,
            &connection,
            &SystemClock,
        )?;
        let dialog = SignInDialog {
            ui: self.here.ui,
            args: &SignInArgs::default(),
            env: self.here.env,
            files: self.files,
            cache: self.cache,
            clients: &clients,
            clock: &SystemClock,
            on_event: &|_| {},
        };
        dialog.sign_in(session, WantedToken::ValidFor(QUARTER_OF_AN_HOUR))?;
        Ok(())
    }

    /// Compares with the file as it is now: the listing may have taken minutes.
    fn write(&self, writing: &Writing<'_>, collisions: &[String]) -> Result<(), Failure> {
        let env = self.here.env;
        let path = env.config_file()?.display().to_string();
        if self.args.dry_run {
            let mut edit = ConfigEdit::begin(env)?;
            let written = self.edit(&mut edit, writing, collisions)?;
            return self.show(&edit, &written, &path);
        }
        let edit = |edit: &mut ConfigEdit| self.edit(edit, writing, collisions);
        let (written, _) = ConfigEdit::at_once(env, &SystemClock, "sso-configure populate", edit)?;
        self.report(&written, &path)?;
        self.here.ui.say(in_words(&written, &path));
        Ok(())
    }

    fn edit(
        &self,
        edit: &mut ConfigEdit,
        writing: &Writing<'_>,
        collisions: &[String],
    ) -> Result<Written, Failure> {
        let files = ConfigFiles::load(self.here.env)?;
        let taken = writing.collisions(edit.before(), &files);
        self.check(&[collisions, &taken].concat())?;
        let written = edit.change(|config| writing.write(config))?;
        self.warn_of_overruled(&files.after(edit), writing.profiles);
        Ok(written)
    }

    fn check(&self, collisions: &[String]) -> Result<(), Failure> {
        for collision in collisions.iter().take(SHOWN) {
            self.here.ui.warn(collision);
        }
        let names = match collisions.len() {
            0 => return Ok(()),
            1 => "1 name collides".to_owned(),
            count => format!("{count} names collide"),
        };
        Err(
            Failure::configuration(anyhow!("{names}: nothing is written"))
                .with_hint("tell them apart by --name-template, or choose by --account and --role"),
        )
    }

    /// Says it where something else in a profile counts before what is written.
    fn warn_of_overruled(&self, files: &ConfigFiles, profiles: &[Wanted]) {
        let names = profiles.iter().map(|wanted| wanted.name.as_str().into());
        let found = names.filter_map(|name| before_sso(files, &name));
        let found: Vec<_> = found.collect();
        for (place, sentence) in found.iter().take(SHOWN) {
            self.here.ui.warn(format_args!("{place}: {sentence}"));
        }
        let more = found.len().saturating_sub(SHOWN);
        if more > 0 {
            self.here.ui.warn(format_args!("so it is with {more} more"));
        }
    }

    fn show(&self, edit: &ConfigEdit, written: &Written, path: &str) -> Result<(), Failure> {
        if self.args.output.output == OutputForm::Text {
            self.here.ui.print(&edit.diff())?;
        }
        self.report(written, path)?;
        if edit.is_unchanged() {
            self.here.ui.say(in_words(written, path));
            return Ok(());
        }
        self.here
            .ui
            .say(format_args!("Dry run: {}", in_words(written, path)));
        Err(Failure::difference())
    }

    fn report(&self, written: &Written, path: &str) -> Result<(), Failure> {
        if self.args.output.output == OutputForm::Text {
            return Ok(());
        }
        let document = Document {
            dry_run: self.args.dry_run,
            file: path,
            added: &written.added,
            changed: &written.changed,
            removed: &written.removed,
            unchanged: &written.unchanged,
        };
        let json = serde_json::to_string_pretty(&document).expect("texts become JSON");
        self.here.ui.print(&format!("{json}\n"))
    }
}

fn is_of(rule: &Rule, session: &SsoSession) -> bool {
    session.name.as_ref() == Some(&rule.session)
}

/// As in `/home/me/.aws/config: 6 profiles added, 2 changed, 4 as they were.`
fn in_words(written: &Written, path: &str) -> String {
    let counts = [
        (&written.added, "added"),
        (&written.changed, "changed"),
        (&written.removed, "removed"),
        (&written.unchanged, "as they were"),
    ];
    let counts: Vec<_> = counts
        .iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, what)| format!("{} {what}", names.len()))
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
}
