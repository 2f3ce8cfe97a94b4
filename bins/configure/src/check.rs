//! `sso-configure check`.

mod rule;

mod finding;
mod fix;

mod consequences;
mod duplicates;

mod affected;
mod cache_files;
mod chains;
mod modes;
mod program;
mod request;
mod scope;
mod text_file;

mod correction;
mod entry;
mod key;
mod syntax;

mod consumer;

mod rule_set;
mod rules;

mod page;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::anyhow;
use aws_config_parse::{Document, FileKind};
use clap::Args;
use cli_ux::{
    Arguments, CommandLine, Failure, FailureKind, OutputArg, OutputForm, nothing_configured,
};
use serde_json::json;
use sso_config::ConfigEdit;
use sso_config::files::read_document;
use token_cache::TokenCache;

use crate::confirmation::YesArg;
use crate::context::Context;
use affected::Affected;
use duplicates::without_duplicate_keys;
use finding::{Finding, Problem};
use fix::{Fix, Unfixed};
use rule::Severity;
use rule_set::Finder;
use rules::RULES;
pub(crate) use rules::different_credentials;
use scope::Scope;
use text_file::TextFile;

/// Find problems in the config files, caches and connection to AWS
///
/// Each finding has a location, a severity, a code, a message, the profiles that it affects and, if
/// available, a fix or a hint. The codes D01 to D23 are advice about text that other SDKs read
/// differently from the AWS CLI. The exit status is 1 if there are findings.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Show and apply the fixes that need no decision
    ///
    /// On a terminal, the fixes are shown before the question whether to apply them.
    #[arg(long)]
    pub(crate) fix: bool,

    /// Send no requests
    #[arg(long)]
    offline: bool,

    /// Minimum severity of the findings to report
    #[arg(long, value_enum, default_value_t = Severity::Advice)]
    severity: Severity,

    #[command(flatten)]
    confirmation: YesArg,

    #[command(flatten)]
    output: OutputArg,
}

pub(crate) fn run(args: &CheckArgs, context: Context<'_>) -> Result<(), Failure> {
    let edit = ConfigEdit::inspect(context.env);
    let mut found = find(&edit, args, context)?;
    if args.fix {
        found = fix_all(found, edit, args, context)?;
    }
    let findings = found.findings;
    if !found.is_complete {
        context.ui.warn(
            "the sessions and profiles are not checked, because the config file cannot be loaded; \
             fix its errors first",
        );
    }
    print(&findings, args, context)?;
    if findings.is_empty() && found.is_complete && args.output.form() == OutputForm::Text {
        context.ui.say("No problems found.");
        if found.is_unconfigured {
            context.ui.say(nothing_configured(false).trim_end());
        }
    }
    verdict(&findings, args, context)
}

struct Found {
    findings: Vec<Finding>,
    /// False if checks were skipped because of errors among the findings.
    is_complete: bool,
    /// True if the files contain no session and no SSO profile.
    is_unconfigured: bool,
}

pub(crate) fn print_rules(context: Context<'_>) -> Result<(), Failure> {
    context.ui.print(&page::page())
}

fn find(
    edit: &Result<ConfigEdit, sso_config::Error>,
    args: &CheckArgs,
    context: Context<'_>,
) -> Result<Found, Failure> {
    // A rule reports a file that cannot be read.
    let paths = [context.env.config_file()?, context.env.credentials_file()?];
    let config = edit.as_ref().ok().map(|edit| edit.before().clone());
    let read = [config, read_document(&paths[1], FileKind::Credentials).ok()];
    let aws = context.aws_for_check()?.with_cache(TokenCache::read_only);
    let aws =
        aws.with_files(|files| files.with_documents_of_pipes(read.each_ref().map(Option::as_ref)));
    let readable = read
        .each_ref()
        .map(|it| without_duplicate_keys(it.as_ref()?));
    let aws = aws.with_files(|files| files.or_documents(readable));
    let [config, credentials] = read;
    let empty = |kind| Document::parse(kind, Vec::new());
    let originals = [
        config.unwrap_or_else(|| empty(FileKind::Config)),
        credentials.unwrap_or_else(|| empty(FileKind::Credentials)),
    ];
    let converted = originals.each_ref().map(Document::to_utf8);
    let documents = [0, 1].map(|index| converted[index].as_ref().unwrap_or(&originals[index]));
    let texts = [0, 1].map(|index| TextFile {
        path: &paths[index],
        document: documents[index],
        other: documents[1 - index],
        original: &originals[index],
    });
    let default = context.env.profile().ok();
    let files = texts.each_ref().map(|text| (text.path, text.document));
    let affected = Affected::of(files, default.as_ref());
    let scope = Scope::new(context.ui.program(), &originals[0], &affected, aws)?;
    let mut findings = Vec::new();
    for set in RULES {
        match &set.finder {
            Finder::Text(find) => findings.extend(texts.iter().flat_map(find)),
            Finder::Files(find) => findings.extend(find(&scope)),
            Finder::Network(find) if !args.offline => findings.extend(find(&scope)),
            Finder::Network(_) => {}
        }
    }
    let load_error = scope.aws.files().check_config().err();
    let is_complete = load_error.is_none();
    match load_error {
        // No finding explains it.
        Some(error) if !findings.iter().any(is_error) => return Err(error.into()),
        _ => {}
    }
    let findings = consequences::removed(findings).into_iter();
    let findings = findings.map(|it| without_failing_fix(it, documents));
    let mut findings = merged(findings, &affected);
    findings.retain(|finding| finding.rule.severity <= args.severity);
    findings.sort_by_key(|finding| finding.rule.severity);
    Ok(Found {
        findings,
        is_complete,
        is_unconfigured: scope.configured.sessions.is_empty()
            && scope.configured.profiles.is_empty(),
    })
}

/// Returns each problem once, with all profiles that it affects.
fn merged(findings: impl Iterator<Item = Finding>, affected: &Affected) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let mut finding = finding.with_profiles_at_location(affected);
        let at = *known.entry(finding.problem()).or_insert(merged.len());
        match merged.get_mut(at) {
            Some(known) => known.add_profiles(finding.take_profiles()),
            None => merged.push(finding),
        }
    }
    merged
}

/// Replaces the fix with a hint if it edits a file that the AWS CLI rejects.
fn without_failing_fix(finding: Finding, files: [&Document; 2]) -> Finding {
    let edited = finding.fix.as_ref().and_then(Fix::edited_file);
    let mut files = files.iter().filter(|file| file.rejection().is_some());
    if files.any(|file| Some(file.kind()) == edited) {
        finding.without_fix()
    } else {
        finding
    }
}

fn is_error(finding: &Finding) -> bool {
    finding.rule.severity == Severity::Error
}

/// Maximum number of rounds of fixes. A fix may reveal another problem, such as a renamed key its value.
const MAX_ROUNDS: usize = 5;

/// Applies the fixes and checks again, until nothing can be fixed. Returns the problems that remain.
fn fix_all(
    mut found: Found,
    mut edit: Result<ConfigEdit, sso_config::Error>,
    args: &CheckArgs,
    context: Context<'_>,
) -> Result<Found, Failure> {
    let asks = args.confirmation.asks(context.ui);
    let mut unfixed = BTreeMap::new();
    let mut fixed = None;
    for _ in 0..MAX_ROUNDS {
        // A pipe cannot be read again.
        let is_pipe = edit.as_ref().is_ok_and(|it| it.check_is_file().is_err());
        let round = apply_fixes(found.findings, edit, asks, context)?;
        found.findings = round.remaining;
        unfixed.extend(round.unfixed);
        let Some(count) = round.fixed else {
            break;
        };
        fixed = Some(fixed.unwrap_or(0) + count);
        if count == 0 || is_pipe {
            break;
        }
        edit = ConfigEdit::inspect(context.env);
        found = find(&edit, args, context)?;
        let problems: BTreeSet<_> = found.findings.iter().map(Finding::problem).collect();
        unfixed.retain(|problem, _| problems.contains(problem));
        let is_new = |it: &Finding| !unfixed.contains_key(&it.problem());
        found.findings.retain(is_new);
    }
    found.findings.extend(unfixed.into_values());
    if let Some(fixed) = fixed {
        context.ui.say(format_args!("Problems fixed: {fixed}"));
    }
    Ok(found)
}

struct Round {
    /// Findings without a fix.
    remaining: Vec<Finding>,
    /// Findings whose fix was declined, failed or had no effect, by their problems.
    unfixed: BTreeMap<Problem, Finding>,
    /// Number of effective fixes; `None` if there was no fix, or the user declined.
    fixed: Option<usize>,
}

/// Applies the fixes once.
fn apply_fixes(
    findings: Vec<Finding>,
    edit: Result<ConfigEdit, sso_config::Error>,
    asks: bool,
    context: Context<'_>,
) -> Result<Round, Failure> {
    let (mut fixes, mut fixable, mut remaining) = (Vec::new(), Vec::new(), Vec::new());
    for mut finding in findings {
        match finding.fix.take() {
            Some(fix) => {
                fixable.push((fix.declined(), finding));
                fixes.push(fix);
            }
            None => remaining.push(finding),
        }
    }
    let unfixed = fix::apply(fixes, edit, asks, context)?;
    let is_declined = unfixed
        .iter()
        .any(|(_, it)| matches!(it, Unfixed::Declined));
    let effective = fixable.len() - unfixed.len();
    let effective = (!fixable.is_empty() && !is_declined).then_some(effective);
    let program = context.ui.program();
    let fixable = fixable.into_iter().enumerate();
    let unfixed = fixable.filter_map(|(at, (fix, mut finding))| {
        let (_, reason) = unfixed.iter().find(|(index, _)| *index == at)?;
        let problem = finding.problem();
        let finding = match reason {
            Unfixed::Declined => {
                finding.fix = Some(fix);
                finding
            }
            Unfixed::NoEffect(hint) => finding.with_hint(hint),
            Unfixed::Failed(failure) => finding.failed(failure, program),
        };
        Some((problem, finding))
    });
    Ok(Round {
        remaining,
        unfixed: unfixed.collect(),
        fixed: effective,
    })
}

fn print(findings: &[Finding], args: &CheckArgs, context: Context<'_>) -> Result<(), Failure> {
    if args.output.form() == OutputForm::Json {
        return context.print_json(&json!({ "findings": findings }));
    }
    let text: String = findings.iter().map(ToString::to_string).collect();
    context.ui.print_text(&text)
}

fn verdict(findings: &[Finding], args: &CheckArgs, context: Context<'_>) -> Result<(), Failure> {
    let count = match findings.len() {
        0 => return Ok(()),
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    let failure = Failure::new(FailureKind::Findings, anyhow!("{count} found"));
    let fixable = findings.iter().any(|finding| finding.fix.is_some());
    Err(if fixable {
        let arguments = fix_arguments(args, context);
        failure.with_command_hint(CommandLine::new("sso-configure check", arguments))
    } else {
        failure
    })
}

/// Returns `--fix`, and the options that select the findings.
fn fix_arguments(args: &CheckArgs, context: Context<'_>) -> Arguments {
    let mut arguments = Arguments::new().flag("--fix");
    if args.offline {
        arguments = arguments.flag("--offline");
    }
    if args.severity == Severity::Error {
        arguments = arguments.option("--severity", "error");
    }
    match &context.global.ca_bundle {
        Some(path) => arguments.option("--ca-bundle", path),
        None => arguments,
    }
}
