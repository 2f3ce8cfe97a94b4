//! Browsers that cannot be opened.

use std::path::Path;

use cli_ux::browser::BrowserChoice;
use sso_config::SsoSession;
use sso_config::sign_in::SignInSettings;

use crate::check::entry::MOVE_COMMENT;
use crate::check::finding::Finding;
use crate::check::program::is_comment;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&MISSING_BROWSER],
    finder: Finder::Files(find),
};

static MISSING_BROWSER: Rule = Rule {
    code: "missing-browser",
    severity: Severity::Advice,
    summary: "`sso_browser` or `BROWSER` whose program does not exist, or with an unclosed quote",
    explanation: "A sign-in fails, or opens no browser and shows the URL. No program of the command lines \
                  exists; `check` searches the `PATH` of its own environment. `sso_browser` is \
                  read by these programs only. Install the browser, or correct the command line.",
    fix: None,
};

const HINT: &str = "install the browser, or correct the command line";

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let sessions = scope.configured.sessions.iter();
    let of_sessions = sessions.filter_map(|session| of_session(session, scope));
    of_sessions.chain(of_variable(scope)).collect()
}

fn of_session(session: &SsoSession, scope: &Scope<'_>) -> Option<Finding> {
    let setting = SignInSettings::of(scope.aws.files(), session).browser()?;
    let env = scope.aws.env();
    let message = match BrowserChoice::find(None, Some(&setting), env, Path::new("/")) {
        Ok(choice) if choice.is_found() => return None,
        Ok(_) => "sso_browser: the program does not exist".to_owned(),
        Err(error) => error.to_string(),
    };
    let finding = Finding::new(&MISSING_BROWSER, &message);
    let finding = if is_comment(&setting.command) {
        finding
            .with_hint(MOVE_COMMENT)
            .explaining(&["D01", "D13", "D14"])
    } else {
        finding.with_hint(HINT)
    };
    let finding = finding.affecting(scope.profiles_of(session));
    Some(match scope.location_in(session, "sso_browser") {
        Some(location) => finding.at(location),
        None => finding,
    })
}

/// Another rule reports a variable that is not Unicode.
fn of_variable(scope: &Scope<'_>) -> Option<Finding> {
    let env = scope.aws.env();
    env.get("BROWSER").ok()??;
    let message = match BrowserChoice::find(None, None, env, Path::new("/")) {
        Ok(choice) if choice.is_found() || !choice.is_named() => return None,
        Ok(_) => "BROWSER: none of the programs exists".to_owned(),
        Err(error) => error.to_string(),
    };
    Some(Finding::new(&MISSING_BROWSER, &message).with_hint(HINT))
}
