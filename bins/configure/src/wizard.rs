//! The wizard: sets up a profile (`sso-configure`) or a session (`sso-configure session`).

mod args;

mod answers;
mod ask;
mod assignment;
mod regions;

mod access;
mod profile;
mod session;

mod closing;
mod write;

use cli_ux::{Failure, OutputForm, Ui};
use serde_json::json;
use sso_credentials::aws::Selection;
use sso_types::SessionName;

use crate::context::Context;
use access::AccessQuestions;
use answers::Answers;
use args::AskingArgs;
pub(crate) use args::{SessionArgs, WizardArgs};
use ask::Asker;
use profile::ProfileQuestions;
use session::SessionQuestions;
use write::{NewProfile, Subject, WizardEdit};

pub(crate) fn run(args: &WizardArgs, context: Context<'_>) -> Result<(), Failure> {
    let aws = context.aws()?;
    let (asker, read) = start(&args.asking, context.ui)?;
    let answers = args.answers.clone().or(read);
    let files = aws.files();
    let name = profile::named(files, &answers)?;
    let profile = ProfileQuestions {
        asker,
        files,
        answers: &answers,
        name: name.as_ref(),
    };
    let session = SessionQuestions {
        asker,
        files,
        answers: &answers.session,
        profile: name.as_ref(),
    }
    .for_profile()?;
    let access = AccessQuestions {
        asker,
        aws: &aws,
        selection: name.clone().map_or(Selection::Default, Selection::Profile),
        sign_in: &args.sign_in,
        profile: &profile,
    };
    let (session, assignment) = access.ask(session)?;
    let profile = NewProfile {
        region: profile.region()?,
        output_format: profile.output_format()?,
        name: profile.name(&session, assignment.as_ref())?,
        assignment,
    };
    let edit = WizardEdit {
        files,
        session: &session,
        subject: Subject::Profile(&profile),
    };
    let asks = asker.is_interactive() && args.asking.confirmation.asks(context.ui);
    write(&edit, asks, args.output.output, context)
}

pub(crate) fn run_for_session(args: &SessionArgs, context: Context<'_>) -> Result<(), Failure> {
    let files = context.files()?;
    files.warn_of_unusable();
    let (asker, read) = start(&args.asking, context.ui)?;
    let questions = SessionQuestions {
        asker,
        files: &files,
        answers: &args.answers.clone().or(read.session),
        profile: None,
    };
    let (name, session) = questions.without_profile()?;
    let edit = WizardEdit {
        files: &files,
        session: &session,
        subject: Subject::Session(&name),
    };
    let asks = asker.is_interactive() && args.asking.confirmation.asks(context.ui);
    write(&edit, asks, args.output.output, context)
}

/// Returns the source of the answers, and the answers from `--from`.
fn start<'a>(args: &AskingArgs, ui: &'a Ui) -> Result<(Asker<'a>, Answers), Failure> {
    let answers = match &args.from {
        Some(path) => Answers::read(path).map_err(Failure::usage)?,
        None => Answers::default(),
    };
    let is_silent = args.no_input || args.from.is_some();
    Ok((Asker { ui, is_silent }, answers))
}

fn write(
    edit: &WizardEdit<'_>,
    asks: bool,
    form: OutputForm,
    context: Context<'_>,
) -> Result<(), Failure> {
    let (session, profile) = (edit.session, edit.subject.profile());
    let Some(path) = edit.write(asks, context)? else {
        return Ok(());
    };
    if form == OutputForm::Json {
        let assignment = profile.and_then(|profile| profile.assignment.as_ref());
        let document = json!({
            "file": path.display().to_string(),
            "profile": profile.map(|profile| profile.name.as_str()),
            "ssoSession": session.name.as_ref().map(SessionName::as_str),
            "startUrl": session.start_url.as_str(),
            "ssoRegion": session.region.as_str(),
            "accountId": assignment.map(|it| it.account_id.as_str()),
            "roleName": assignment.map(|it| it.role_name.as_str()),
        });
        context.print_json(&document)?;
    }
    match edit.subject {
        Subject::Profile(profile) => {
            edit.warn_of_overridden(context, profile);
            closing::warn_if_shadowed(context, profile);
            closing::say_for_profile(context.ui, profile);
        }
        Subject::Session(name) => closing::say_for_session(context.ui, name),
    }
    Ok(())
}
