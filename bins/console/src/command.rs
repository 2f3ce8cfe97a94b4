//! Main steps of the program.

use std::sync::mpsc;
use std::time::Duration;

use anyhow::anyhow;
use cli_ux::browser::{Browser, BrowserError, BrowserUnavailable};
use cli_ux::{CommandLine, Failure, OutputForm, Ui, Verbosity, selection_of_environment};
use profile_picker::{UsageHistory, pick};
use sso_credentials::Aws;
use sso_credentials::aws::Selection;

use crate::args::Args;
use crate::browser::Opening;
use crate::link::{Link, Url};
use crate::sign_in::OpenError;
use crate::target::Target;
use crate::{handoff, report, service_list, sign_in};

/// Time in which a command that cannot open a browser usually fails.
const FAILURE_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    if args.list_services {
        return ui.print(&service_list::render(args.output.form(), ui));
    }
    let mut aws = open(args, ui)?;
    let selection = selection(args, ui, &aws)?;
    sign_in::first_if_needed(args, ui, &mut aws, &selection, |aws| {
        open_console(args, ui, aws, &selection)
    })?;
    if let Selection::Profile(profile) = &selection {
        UsageHistory::open(&aws).record(profile, aws.clock().now());
    }
    Ok(())
}

/// Opens the console in the browser, or shows or prints its URL.
fn open_console(args: &Args, ui: &Ui, aws: &Aws, selection: &Selection) -> Result<(), OpenError> {
    let form = args.output.form();
    let target = Target::find(args, aws, selection)?;
    target.profile.check_console()?;
    let opening = Opening::choose(args, &target, aws)?;
    if let Opening::Unavailable(reason) = opening
        && target.sso_role().is_none()
    {
        return Err(not_shown(args, &target, reason).into());
    }
    let link = Link::create(args, ui, aws, &target)?;
    if form == OutputForm::Json {
        ui.print(&report::json(&target, &link, args.print))?;
    }
    match opening {
        Opening::Print if form == OutputForm::Json => {}
        Opening::Print => ui.print(&format!("{}\n", link.url.requested()))?,
        Opening::Unavailable(reason) => show_on(ui, reason, &link),
        Opening::Browser(browser) => open_in(browser, link, &target, args, ui, aws)?,
    }
    Ok(())
}

/// Reads the environment and the files. Ctrl-C handling starts with the first request.
fn open(args: &Args, ui: &Ui) -> Result<Aws, Failure> {
    let aws = Aws::from_process(args.global.connection(ui.program()))?;
    let ui = ui.clone();
    Ok(aws.before_first_request(move || ui.exit_on_interrupt()))
}

/// Returns the selected profile. Lets the user pick one at the terminal if there is no default.
fn selection(args: &Args, ui: &Ui, aws: &Aws) -> Result<Selection, Failure> {
    if let Some(name) = args.profile() {
        return Ok(Selection::Profile(name.into()));
    }
    if let selection @ Selection::Profile(_) = selection_of_environment(ui, aws.env())? {
        return Ok(selection);
    }
    let files = aws.files();
    let has_default =
        aws.env().profile_variable().is_some() || files.profile(&"default".into()).is_some();
    if has_default || !ui.is_interactive() || files.profile_names().next().is_none() {
        return Ok(Selection::Default);
    }
    Ok(Selection::Profile(pick(ui, aws, "--profile")?))
}

fn not_shown(args: &Args, target: &Target<'_>, reason: BrowserUnavailable) -> Failure {
    let error = anyhow!(
        "{reason} detected; a URL with a sign-in token is shown only if --print requests it"
    );
    let command = CommandLine::new("sso-console", args.with_print(&target.name));
    Failure::configuration(error).with_command_hint(command)
}

fn show_on(ui: &Ui, reason: BrowserUnavailable, link: &Link) {
    if let Url::Shortcut(url) = &link.url {
        ui.say(format_args!("{reason} detected; no browser is opened."));
        ui.ask("Using a browser, open the following URL:");
        show(ui, url);
    }
}

fn show(ui: &Ui, url: &str) {
    ui.ask("");
    ui.ask_link(url);
    ui.ask("");
}

fn open_in(
    browser: Browser,
    link: Link,
    target: &Target<'_>,
    args: &Args,
    ui: &Ui,
    aws: &Aws,
) -> Result<(), Failure> {
    let browser = browser.with_values(link.browser_values(target));
    match link.url {
        Url::Shortcut(url) => open_shortcut(&browser, &url, ui),
        Url::Login(url) => {
            let command = CommandLine::new("sso-console", args.with_print(&target.name));
            let opened = handoff::open(&browser, url, ui, aws.clock());
            opened.map_err(|failure| {
                failure.with_step_hint("to open the URL in another way, print it:", command)
            })
        }
    }
}

fn open_shortcut(browser: &Browser, url: &str, ui: &Ui) -> Result<(), Failure> {
    match start(browser, url) {
        Ok(()) if ui.verbosity() == Verbosity::Quiet => Ok(()),
        Ok(()) => {
            ui.say("If the browser does not open, open the following URL:");
            show(ui, url);
            Ok(())
        }
        Err(error) => {
            ui.ask("Using a browser, open the following URL:");
            show(ui, url);
            Err(error.into())
        }
    }
}

/// Starts the browser, and waits a moment for its failure.
fn start(browser: &Browser, url: &str) -> Result<(), BrowserError> {
    let (sender, failures) = mpsc::channel();
    browser.open(url, move |error| {
        // Fails if the wait has ended.
        let _ = sender.send(error);
    })?;
    // After a success, the function is dropped with the sender.
    match failures.recv_timeout(FAILURE_TIMEOUT) {
        Ok(error) => Err(error),
        Err(_) => Ok(()),
    }
}
