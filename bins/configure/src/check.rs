//! `sso-configure check`.

mod caches;
mod config;
mod finding;
mod network;

use anyhow::anyhow;
use clap::Args;
use cli_ux::{Failure, OutputArg, OutputForm};
use serde_json::json;
use sso_credentials::{ConfigEdit, Configured, SystemClock};

use crate::context::Context;
use finding::{Finding, Fix, Severity};

/// Find what is wrong with the config, the caches and the way to the services
///
/// Each finding has a code, a place, what is wrong, and what mends it. Codes D01 to D23 are
/// advice: places that other SDKs read otherwise than the AWS CLI. The exit status is 253 if
/// something has to be mended.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Mend what can be mended without a decision; what is done is shown first
    #[arg(long)]
    fix: bool,

    /// Ask no service
    #[arg(long)]
    offline: bool,

    #[command(flatten)]
    output: OutputArg,
}

/// Looks at everything, and mends where that was asked for.
pub(crate) fn run(args: &CheckArgs, context: Context<'_>) -> Result<(), Failure> {
    let edit = ConfigEdit::begin(context.env)?;
    let mut findings = config::problems_and_lints(context.env, &edit)?;
    if let Ok(files) = context.files() {
        let configured = Configured::of(&files);
        findings.extend(config::sections(&configured, edit.before()));
        findings.extend(config::overruled(&files, &configured));
        findings.extend(caches::findings(context.env, &configured)?);
        if !args.offline {
            findings.extend(network::findings(context, &files, &configured));
        }
    } else {
        context
            .ui
            .warn("the files cannot be read as a whole: there may be more to find afterwards");
    }
    findings.sort_by_key(|finding| finding.severity);
    if args.fix {
        findings = mend(findings, edit, context)?;
    }
    print(&findings, args, context)?;
    verdict(&findings)
}

/// Shows what will be done, does it, and returns what is left.
fn mend(
    findings: Vec<Finding>,
    mut edit: ConfigEdit,
    context: Context<'_>,
) -> Result<Vec<Finding>, Failure> {
    let (fixable, left): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| finding.fix.is_some());
    let fixes = || fixable.iter().filter_map(|finding| finding.fix.as_ref());
    for fix in fixes() {
        if let Fix::RemoveKey { section, key } = fix {
            edit.change(|config| finding::remove_key(config, section, key))?;
        } else {
            context.ui.say(format_args!("Mending: {fix}"));
        }
    }
    if !edit.is_unchanged() {
        context.ui.say(edit.diff().trim_end());
        edit.commit(&SystemClock, "sso-configure check --fix")?;
    }
    let cache = context.env.token_cache()?;
    for fix in fixes() {
        fix.apply(&cache)?;
    }
    context.ui.say(format_args!("Mended: {}", fixable.len()));
    Ok(left)
}

fn print(findings: &[Finding], args: &CheckArgs, context: Context<'_>) -> Result<(), Failure> {
    if args.output.output == OutputForm::Json {
        let json = json!({ "findings": findings });
        return context.ui.print(&format!("{json:#}\n"));
    }
    let text: String = findings.iter().map(ToString::to_string).collect();
    context.ui.print(&text)?;
    if findings.is_empty() {
        context.ui.say("Nothing is wrong.");
    }
    Ok(())
}

fn verdict(findings: &[Finding]) -> Result<(), Failure> {
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let errors: Vec<_> = findings.iter().filter(is_error).collect();
    let count = match errors.len() {
        0 => return Ok(()),
        1 => "1 thing has".to_owned(),
        count => format!("{count} things have"),
    };
    let failure = Failure::configuration(anyhow!("{count} to be mended"));
    let fixable = errors.iter().any(|finding| finding.fix.is_some());
    Err(if fixable {
        failure.with_hint("sso-configure check --fix")
    } else {
        failure
    })
}
