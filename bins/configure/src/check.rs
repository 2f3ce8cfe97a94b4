//! `sso-configure check`.

mod rule;

mod finding;
mod fix;

mod cache_files;
mod modes;
mod scope;

mod consumer;

mod rule_set;
mod rules;

mod page;

use std::path::Path;

use anyhow::anyhow;
use aws_config_parse::{Document, FileKind};
use clap::Args;
use cli_ux::{Arguments, CommandLine, Failure, OutputArg, OutputForm, nothing_configured};
use serde_json::json;
use sso_config::ConfigEdit;
use sso_config::files::read_document;
use sso_credentials::Aws;
use token_cache::TokenCache;

use crate::confirmation::YesArg;
use crate::context::Context;
use finding::Finding;
use fix::Unfixed;
use rule::Severity;
use rule_set::Finder;
use rules::RULES;
pub(crate) use rules::different_credentials;
use scope::{Scope, TextFile};

/// Find problems in the config files, caches and connection to AWS
///
/// Each finding has a code, a location, a message and, if available, a fix or a hint. The codes D01
/// to D23 are advice about text that other SDKs read differently from the AWS CLI. The exit status
/// is 253 if a finding is an error.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Show and apply the fixes that need no decision
    ///
    /// On a terminal, the fixes are shown before the question whether to apply them.
    #[arg(long)]
    fix: bool,

    /// Send no requests
    #[arg(long)]
    offline: bool,

    #[command(flatten)]
    confirmation: YesArg,

    #[command(flatten)]
    output: OutputArg,
}

pub(crate) fn run(args: &CheckArgs, context: Context<'_>) -> Result<(), Failure> {
    let edit = ConfigEdit::inspect(context.env)?;
    let Found {
        mut findings,
        is_complete,
        is_unconfigured,
    } = find(&edit, args, context)?;
    findings.sort_by_key(|finding| finding.rule.severity);
    if args.fix {
        let asks = args.confirmation.asks(context.ui);
        findings = apply_fixes(findings, edit, asks, context)?;
    }
    print(&findings, args, context)?;
    if findings.is_empty() && is_complete && args.output.form() == OutputForm::Text {
        context.ui.say("No problems found.");
        if is_unconfigured {
            context.ui.say(nothing_configured(false).trim_end());
        }
    }
    verdict(&findings, args)
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

fn find(edit: &ConfigEdit, args: &CheckArgs, context: Context<'_>) -> Result<Found, Failure> {
    let config = edit.before();
    let credentials_path = context.env.credentials_file()?;
    let credentials = read_credentials(&credentials_path);
    let originals = [(edit.path(), config), (&credentials_path, &credentials)];
    let converted = originals.map(|(_, original)| original.to_utf8());
    let texts = [0, 1].map(|index| TextFile {
        path: originals[index].0,
        document: converted[index].as_ref().unwrap_or(originals[index].1),
        original: originals[index].1,
    });
    let (scope, load_error) = match context.aws_with_short_timeouts() {
        Ok(aws) => (Some(scope(config, aws, context)?), None),
        Err(error) => (None, Some(error)),
    };
    let mut findings = Vec::new();
    for set in RULES {
        match (&set.finder, &scope) {
            (Finder::Text(find), _) => findings.extend(texts.iter().flat_map(find)),
            (Finder::Files(find), Some(scope)) => findings.extend(find(scope)),
            (Finder::Network(find), Some(scope)) if !args.offline => findings.extend(find(scope)),
            (Finder::Files(_) | Finder::Network(_), _) => {}
        }
    }
    match load_error {
        // No finding explains it, for example if the config file is a pipe, which is already read.
        Some(error) if !findings.iter().any(is_error) => return Err(error.into()),
        Some(_) => context.ui.warn(
            "some checks are skipped, because the files cannot be loaded; fix the errors first",
        ),
        None => {}
    }
    Ok(Found {
        findings,
        is_complete: scope.is_some(),
        is_unconfigured: scope.is_some_and(|scope| {
            scope.configured.sessions.is_empty() && scope.configured.profiles.is_empty()
        }),
    })
}

fn is_error(finding: &Finding) -> bool {
    finding.rule.severity == Severity::Error
}

/// Treats an unreadable file as empty; a rule reports it.
fn read_credentials(path: &Path) -> Document {
    let kind = FileKind::Credentials;
    read_document(path, kind).unwrap_or_else(|_| Document::parse(kind, Vec::new()))
}

fn scope<'a>(config: &'a Document, aws: Aws, context: Context<'a>) -> Result<Scope<'a>, Failure> {
    let aws = aws.with_cache(TokenCache::read_only);
    Scope::new(context.ui.program(), config, aws)
}

/// Applies the fixes, and returns the findings that have no fix, or whose fix was declined, failed or
/// had no effect.
fn apply_fixes(
    findings: Vec<Finding>,
    edit: ConfigEdit,
    asks: bool,
    context: Context<'_>,
) -> Result<Vec<Finding>, Failure> {
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
    let program = context.ui.program();
    let fixable = fixable.into_iter().enumerate();
    let unfixed = fixable.filter_map(|(at, (fix, mut finding))| {
        let (_, reason) = unfixed.iter().find(|(index, _)| *index == at)?;
        Some(match reason {
            Unfixed::Declined => {
                finding.fix = Some(fix);
                finding
            }
            Unfixed::NoEffect(hint) => finding.with_hint(hint),
            Unfixed::Failed(failure) => finding.failed(failure, program),
        })
    });
    remaining.extend(unfixed);
    Ok(remaining)
}

fn print(findings: &[Finding], args: &CheckArgs, context: Context<'_>) -> Result<(), Failure> {
    if args.output.form() == OutputForm::Json {
        return context.print_json(&json!({ "findings": findings }));
    }
    let text: String = findings.iter().map(ToString::to_string).collect();
    context.ui.print_text(&text)
}

fn verdict(findings: &[Finding], args: &CheckArgs) -> Result<(), Failure> {
    let errors: Vec<_> = findings.iter().filter(|it| is_error(it)).collect();
    let count = match errors.len() {
        0 => return Ok(()),
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    let failure = Failure::configuration(anyhow!("{count} found"));
    let fixable = errors.iter().any(|finding| finding.fix.is_some());
    Err(if fixable {
        let arguments = Arguments::new().flag("--fix");
        let arguments = if args.offline {
            arguments.flag("--offline")
        } else {
            arguments
        };
        failure.with_command_hint(CommandLine::new("sso-configure check", arguments))
    } else {
        failure
    })
}
