//! `sso-configure` itself, and `sso-configure session`: one profile or one session, step by step.

mod args;

mod answers;
mod ask;
mod checks;
mod regions;

mod access;
mod profile;
mod session;

mod closing;
mod write;

use cli_ux::{Failure, OutputForm, Ui};
use serde_json::json;
use sso_credentials::{ConfigFiles, ServiceClients, SystemClock};
use sso_types::SessionName;

use crate::command::Surroundings;
use access::AccessQuestions;
use answers::Answers;
use args::AskingArgs;
pub(crate) use args::{SessionArgs, WizardArgs};
use ask::Asker;
use profile::ProfileQuestions;
use session::SessionQuestions;
use write::{NewProfile, Writing};

/// Asks for a profile and its session, and writes both at the end.
pub(crate) fn run(args: &WizardArgs, here: Surroundings<'_>) -> Result<(), Failure> {
    let files = ConfigFiles::load(here.env)?;
    let (asker, read) = begun(&args.asking, here.ui)?;
    let answers = args.answers.clone().or(read);
    let name = profile::named(asker, &files, &answers)?;
    let profile = ProfileQuestions {
        asker,
        files: &files,
        answers: &answers,
        name: name.as_ref(),
    };
    let session = SessionQuestions {
        asker,
        files: &files,
        answers: &answers.session,
        profile: name.as_ref(),
    }
    .for_profile()?;
    let connection = here.global.connection(here.ui.program());
    let reached_as = name.clone().unwrap_or_else(|| here.env.profile());
    let access = AccessQuestions {
        asker,
        here,
        files: &files,
        answers: &answers,
        sign_in: &args.sign_in,
        cache: &here.env.token_cache()?,
        clients: &ServiceClients::new(here.env, &files, &reached_as, &connection, &SystemClock)?,
        profile: &profile,
    };
    let (session, assignment) = access.ask(session)?;
    let profile = NewProfile {
        region: profile.region()?,
        output_format: profile.output_format()?,
        name: profile.name(&session, assignment.as_ref())?,
        assignment,
    };
    let writing = Writing {
        files: &files,
        session: &session,
        profile: Some(&profile),
    };
    write(&writing, args.output.output, here)
}

/// Asks for a session alone, and writes it.
pub(crate) fn run_for_session(args: &SessionArgs, here: Surroundings<'_>) -> Result<(), Failure> {
    let files = ConfigFiles::load(here.env)?;
    let (asker, read) = begun(&args.asking, here.ui)?;
    let questions = SessionQuestions {
        asker,
        files: &files,
        answers: &args.answers.clone().or(read.session),
        profile: None,
    };
    let writing = Writing {
        files: &files,
        session: &questions.for_itself()?,
        profile: None,
    };
    write(&writing, args.output.output, here)
}

/// Returns who answers, and what was answered in a file.
fn begun<'a>(args: &AskingArgs, ui: &'a Ui) -> Result<(Asker<'a>, Answers), Failure> {
    let answers = match &args.from {
        Some(path) => Answers::read(path).map_err(Failure::usage)?,
        None => Answers::default(),
    };
    let is_silent = args.no_input || args.from.is_some();
    Ok((Asker { ui, is_silent }, answers))
}

fn write(writing: &Writing<'_>, form: OutputForm, here: Surroundings<'_>) -> Result<(), Failure> {
    let (session, profile) = (writing.session, writing.profile);
    let path = writing.write(here.ui, here.env)?;
    if form == OutputForm::Json {
        let assignment = profile.and_then(|profile| profile.assignment.as_ref());
        let document = json!({
            "file": path.display().to_string(),
            "profile": profile.map(|profile| profile.name.as_str()),
            "ssoSession": session.name.as_ref().map(SessionName::as_str),
            "startUrl": session.start_url.as_str(),
            "ssoRegion": session.region.as_str(),
            "accountId": assignment.map(|of| of.account_id.as_str()),
            "roleName": assignment.map(|of| of.role_name.as_str()),
        });
        here.ui.print(&format!("{document:#}\n"))?;
    }
    match profile {
        Some(profile) => {
            closing::warn_if_overruled(here, profile);
            closing::say_for_profile(here.ui, profile);
        }
        None => closing::say_for_session(here.ui, session),
    }
    Ok(())
}
