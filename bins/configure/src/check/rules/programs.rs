//! Programs that cannot be started, or that other users can change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aws_config_parse::PropertyRef;
use cli_ux::Failure;
use sso_config::Location;
use sso_config::named::Named;
use sso_config::process::{Exported, ShellSyntax, command_words, shown_program};
use sso_config::profile::SsoProfile;
use sso_config::{AwsEnv, Error, SsoSession};

use crate::check::entry::MOVE_COMMENT;
use crate::check::finding::Finding;
use crate::check::modes::open_mode;
use crate::check::program::{self, Reason, WINDOWS_LINE_BREAKS};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &UNUSABLE_PROGRAM,
        &RELATIVE_PROGRAM,
        &WRITABLE_PROGRAM,
        &UNKNOWN_EXPORTED_PROFILE,
    ],
    finder: Finder::Files(find),
};

static UNUSABLE_PROGRAM: Rule = Rule {
    code: "unusable-program",
    severity: Severity::Error,
    summary: "`credential_process` or pager whose program cannot be started",
    explanation: "The program does not exist, is not executable, or is a script that the operating \
                  system cannot run. The AWS CLI, boto3 and these programs use no shell: they expand \
                  neither `~` nor variables, and run neither `NAME=VALUE` nor the words of a shell. \
                  `check` searches the `PATH` of its own environment. Install the program, or write \
                  its full path. This rule does not apply on Windows.",
    fix: None,
};

static RELATIVE_PROGRAM: Rule = Rule {
    code: "relative-program",
    severity: Severity::Advice,
    summary: "`credential_process` or pager with a relative path",
    explanation: "The path is relative to the current directory, so that the program starts only in \
                  one directory, and in another one a different file may be run. Write the full path.",
    fix: None,
};

static WRITABLE_PROGRAM: Rule = Rule {
    code: "writable-program",
    severity: Severity::Error,
    summary: "Program of a `credential_process` or pager that other users can change",
    explanation: "Other users can exchange the program, which then runs with your permissions and can \
                  read your tokens. Remove the write permission of other users. This rule does not \
                  apply on Windows.",
    fix: None,
};

static UNKNOWN_EXPORTED_PROFILE: Rule = Rule {
    code: "unknown-exported-profile",
    severity: Severity::Error,
    summary: "`credential_process` that runs `export-credentials` with an unknown profile, session or option",
    explanation: "The command fails, because no file contains the profile or the SSO session that its \
                  arguments name, or because `export-credentials` has no such option, for example \
                  `--start-url`. Correct the name, create the profile or the session, or remove the \
                  option. `export-credentials --help` lists the options.",
    fix: None,
};

const PERMISSION_OF_OTHERS: u32 = 0o002;

/// A command line in the config file or in a variable.
struct Command {
    /// The key or the variable.
    name: &'static str,
    line: String,
    location: Option<Location>,
}

/// Reports each command once, even if several profiles inherit it, and examines each program once.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let mut known = BTreeMap::new();
    let commands = commands(scope).into_iter();
    let findings = commands.flat_map(|command| findings(&command, scope, &mut known));
    findings.collect()
}

fn commands(scope: &Scope<'_>) -> Vec<Command> {
    let (env, files) = (scope.aws.env(), scope.aws.files());
    let mut commands = BTreeMap::new();
    for profile in files.profiles() {
        for name in ["credential_process", "cli_pager"] {
            let not_empty = |it: &PropertyRef<'_>| !it.value().trim().is_empty();
            if let Some(property) = profile.get(name).filter(not_empty) {
                let location = files.location_of(&property);
                let line = property.value().into_owned();
                let place = (location.path.clone(), location.line);
                let location = Some(location);
                let command = Command {
                    name,
                    line,
                    location,
                };
                commands.insert(place, command);
            }
        }
    }
    commands.into_values().chain(pager(env)).collect()
}

/// The variable takes precedence over `cli_pager`.
fn pager(env: &AwsEnv) -> Option<Command> {
    let line = env.get("AWS_PAGER").ok().flatten()?.to_owned();
    Some(Command {
        name: "AWS_PAGER",
        line,
        location: None,
    })
}

type Known = BTreeMap<String, Result<Option<PathBuf>, Reason>>;

fn findings(command: &Command, scope: &Scope<'_>, known: &mut Known) -> Vec<Finding> {
    let finding = |rule, message: &str| {
        let finding = Finding::new(rule, &format!("{}: {message}", command.name));
        match &command.location {
            Some(location) => finding.at(location),
            None => finding,
        }
    };
    let unusable = |message: &str| finding(&UNUSABLE_PROGRAM, message);
    let words = command_words(&command.line).unwrap_or_default();
    let [program, arguments @ ..] = words.as_slice() else {
        return vec![unusable("a quote is not closed").with_hint("close the quote")];
    };
    let env = scope.aws.env();
    let shown = shown_program(program);
    let found = known
        .entry(program.clone())
        .or_insert_with(|| program::find(program, env));
    let path = match found {
        Ok(path) => path.as_deref(),
        Err(_) if program::is_comment(&command.line) => {
            let unusable = unusable("a comment is read as the program").with_hint(MOVE_COMMENT);
            return vec![unusable.explaining(&["D01", "D13", "D14"])];
        }
        Err(reason) => {
            let message = format!("the program {shown:?} {reason}");
            return vec![unusable(&message).with_hint(&hint(program, reason))];
        }
    };
    let mut findings = Vec::new();
    if is_relative(program) {
        let message = format!("the program {shown:?} is relative to the current directory");
        let hint = "write the full path of the program";
        findings.push(finding(&RELATIVE_PROGRAM, &message).with_hint(hint));
    }
    if let Some((path, mode)) = path.and_then(|path| Some((path, writable(path)?))) {
        let path = path.display();
        let message = format!("other users can change the program {path} (mode {mode:04o})");
        let hint = "remove the write permission of other users from the program";
        findings.push(finding(&WRITABLE_PROGRAM, &message).with_hint(hint));
    }
    if is_not_understood(command, program, arguments) {
        let message = "export-credentials does not have one of the arguments";
        let hint = "use only the options that export-credentials --help lists, and one name";
        findings.push(finding(&UNKNOWN_EXPORTED_PROFILE, message).with_hint(hint));
    }
    if let Some(error) = unknown_profile(command, program, arguments, scope) {
        let of_error = finding(&UNKNOWN_EXPORTED_PROFILE, &error.to_string());
        findings.push(of_error.with_hint_of(&Failure::from(error), scope.program));
    }
    findings
}

fn is_relative(program: &str) -> bool {
    program.contains(std::path::is_separator) && !Path::new(program).is_absolute()
}

fn writable(path: &Path) -> Option<u32> {
    open_mode(path, PERMISSION_OF_OTHERS)
}

fn hint(program: &str, reason: &str) -> String {
    if reason == WINDOWS_LINE_BREAKS {
        "convert the script to the line breaks of Unix (LF)".to_owned()
    } else if ShellSyntax::find(program).is_some() {
        format!("write it as {}", ShellSyntax::EQUIVALENT)
    } else {
        "install the program, or write the full path of an executable file".to_owned()
    }
}

/// Returns whether this rule reports shell syntax as the reason why a command cannot be started.
pub(super) fn reports_syntax(line: &str, env: &AwsEnv) -> bool {
    let words = command_words(line).unwrap_or_default();
    let program = words.first();
    program.is_some_and(|it| ShellSyntax::find(it).is_some() && program::find(it, env).is_err())
}

fn is_not_understood(command: &Command, program: &str, arguments: &[String]) -> bool {
    command.name == "credential_process"
        && Exported::of_command(program, arguments) == Some(Exported::NotUnderstood)
}

fn unknown_profile(
    command: &Command,
    program: &str,
    arguments: &[String],
    scope: &Scope<'_>,
) -> Option<Error> {
    let is_process = command.name == "credential_process";
    let exported = Exported::of_command(program, arguments).filter(|_| is_process)?;
    let files = scope.aws.files();
    // The rule `unknown-session` reports the unknown session of a profile that exists.
    let error = match exported {
        Exported::Profile(name) => SsoProfile::load(files, &name).err()?,
        Exported::Role { session, .. } => match session.named(files) {
            Named::Profile(name) => SsoProfile::load(files, &name).err()?,
            Named::Session(name) => SsoSession::named(files, &name).err()?,
        },
        Exported::Default | Exported::NotUnderstood => return None,
    };
    let is_unknown = match &error {
        Error::UnknownProfile { .. } => true,
        Error::UnknownSession { referenced_by, .. } => referenced_by.is_none(),
        _ => false,
    };
    is_unknown.then_some(error)
}
