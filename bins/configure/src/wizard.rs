//! The wizard: sets up a profile (`sso-configure`) or a session (`sso-configure session`).

mod args;

mod answered;
mod answers;
mod ask;
mod assignment;
mod recovery;
mod regions;
mod stored;
mod twice;

mod access;
mod profile;
mod session;

mod closing;
mod write;

use std::cell::RefCell;
use std::rc::Rc;

use cli_ux::{Failure, OutputForm, Ui};
use serde_json::json;
use sso_config::SsoSession;
use sso_credentials::Aws;
use sso_credentials::aws::Selection;
use sso_types::SessionName;

use crate::context::Context;
use access::{AccessQuestions, Visit};
use answered::Answered;
use answers::Answers;
use args::AskingArgs;
pub(crate) use args::{SessionArgs, WizardArgs};
use ask::Asker;
use profile::ProfileQuestions;
use recovery::recovering;
use session::SessionQuestions;
use write::{NewProfile, Subject, WizardEdit, Written};

pub(crate) fn run(args: &WizardArgs, context: Context<'_>) -> Result<(), Failure> {
    let aws = context.aws()?;
    let answered = Answered::default();
    let (asker, read) = start(&args.asking, context.ui, &answered)?;
    let answers = args.answers.clone().or(read);
    let visited = RefCell::default();
    let wizard = Wizard {
        args,
        aws: &aws,
        asker,
        answers: &answers,
        visited: &visited,
    };
    loop {
        let result = wizard.run(context);
        if !answered.starts_again() {
            return result;
        }
    }
}

struct Wizard<'a> {
    args: &'a WizardArgs,
    aws: &'a Aws,
    asker: Asker<'a>,
    answers: &'a Answers,
    visited: &'a RefCell<Option<Rc<Visit>>>,
}

impl Wizard<'_> {
    /// Asks the questions and writes the answers, unless the user goes back.
    fn run(&self, context: Context<'_>) -> Result<(), Failure> {
        let (session, profile) = self.ask()?;
        let edit = WizardEdit {
            files: self.aws.files(),
            session: &session,
            subject: Subject::Profile(&profile),
        };
        let asker = self.args.asking.confirming(self.asker);
        write(&edit, asker, self.args.output.form(), context)
    }

    fn ask(&self) -> Result<(SsoSession, NewProfile), Failure> {
        let (asker, answers, files) = (self.asker, self.answers, self.aws.files());
        let name = profile::named(files, answers)?;
        let profile = ProfileQuestions {
            asker,
            files,
            answers,
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
            aws: self.aws,
            selection: name.clone().map_or(Selection::Default, Selection::Profile),
            sign_in: &self.args.sign_in,
            profile: &profile,
            visited: self.visited,
        };
        let (session, assignment) = recovering(asker, || access.ask(session.clone()))?;
        let profile = NewProfile {
            region: profile.region()?,
            output_format: profile.output_format()?,
            name: profile.name(&session, assignment.as_ref())?,
            assignment,
        };
        Ok((session, profile))
    }
}

pub(crate) fn run_for_session(args: &SessionArgs, context: Context<'_>) -> Result<(), Failure> {
    let files = context.files()?;
    files.warn_of_unusable();
    let answered = Answered::default();
    let (asker, read) = start(&args.asking, context.ui, &answered)?;
    let questions = SessionQuestions {
        asker,
        files: &files,
        answers: &args.answers().or(read.session),
        profile: None,
    };
    loop {
        let result = ask_for_session(&questions, args, context);
        if !answered.starts_again() {
            return result;
        }
    }
}

fn ask_for_session(
    questions: &SessionQuestions<'_>,
    args: &SessionArgs,
    context: Context<'_>,
) -> Result<(), Failure> {
    let (name, session) = questions.without_profile()?;
    let edit = WizardEdit {
        files: questions.files,
        session: &session,
        subject: Subject::Session(&name),
    };
    let asker = args.asking.confirming(questions.asker);
    write(&edit, asker, args.output.form(), context)
}

/// Returns the source of the answers, and the answers from `--from`. Shows the keys of the questions.
fn start<'a>(
    args: &AskingArgs,
    ui: &'a Ui,
    answered: &'a Answered,
) -> Result<(Asker<'a>, Answers), Failure> {
    let answers = match &args.from {
        Some(path) => Answers::read(path).map_err(Failure::usage)?,
        None => Answers::default(),
    };
    let asker = Asker {
        ui,
        answered,
        is_silent: args.no_input || args.from.is_some(),
    };
    Ok((asker, answers))
}

fn write(
    edit: &WizardEdit<'_>,
    asker: Option<Asker<'_>>,
    form: OutputForm,
    context: Context<'_>,
) -> Result<(), Failure> {
    let (session, profile) = (edit.session, edit.subject.profile());
    let written = edit.write(asker, context)?;
    if form == OutputForm::Json {
        let assignment = profile.and_then(|profile| profile.assignment.as_ref());
        let document = json!({
            "file": context.env.config_file()?.display().to_string(),
            "written": written == Written::Changed,
            "profile": profile.map(|profile| profile.name.as_str()),
            "ssoSession": session.name.as_ref().map(SessionName::as_str),
            "startUrl": session.start_url.as_str(),
            "ssoRegion": session.region.as_str(),
            "accountId": assignment.map(|it| it.account_id.as_str()),
            "roleName": assignment.map(|it| it.role_name.as_str()),
        });
        context.print_json(&document)?;
    }
    if written == Written::Declined {
        return Ok(());
    }
    match edit.subject {
        Subject::Profile(profile) => {
            closing::say_for_profile(context.ui, profile);
        }
        Subject::Session(name) => closing::say_for_session(context.ui, name),
    }
    Ok(())
}
