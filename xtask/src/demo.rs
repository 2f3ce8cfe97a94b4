//! `cargo xtask demo`: a demonstration of the programs with a local IAM Identity Center.

use std::process::Stdio;

use anstream::{print, println};
use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result, ensure};
use clap::Args;
use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use sso_test_support::{Browser, TestEnv};

use crate::workspace::{build_programs, metadata, programs};

const HEADING: Style = AnsiColor::Cyan.on_default().bold();
const COMMAND: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();

/// Environment variables that a desktop browser needs.
const DESKTOP_VARIABLES: [&str; 7] = [
    "BROWSER",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XDG_RUNTIME_DIR",
];

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Approve the sign-in yourself, in your own browser
    #[arg(long)]
    browser: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VisitArgs {
    /// URL to open
    url: String,
}

/// Demonstrates a sign-in, credentials in a shell, and the cache. Uses only the loopback interface
/// and a temporary home directory, which is removed afterwards.
pub(crate) fn run(args: &DemoArgs) -> Result<()> {
    build_programs(&programs(&metadata()?))?;
    // Ctrl-C ends the running program. Its error ends the demonstration, and the home directory is
    // removed.
    ctrlc::set_handler(|| {})?;
    let center = Emulator::start();
    center.set_consent(consent(args));
    let mut env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    choose_browser(&mut env, args)?;
    println!(
        "{HEADING}A local IAM Identity Center{HEADING:#} listens at {}",
        center.url()
    );
    println!("{HEADING}A temporary home directory{HEADING:#} contains this config file:");
    show_config();

    println!("\n{HEADING}1. Sign in{HEADING:#}");
    shell(&env, "sso-login --profile dev")?;

    println!("\n{HEADING}2. Get credentials in the shell{HEADING:#}");
    let in_shell = "eval \"$(export-credentials --profile dev)\"\n\
                    echo \"$AWS_ACCESS_KEY_ID until $AWS_CREDENTIAL_EXPIRATION\"";
    center.forget_requests();
    let first = shell(&env, in_shell)?;
    println!(
        "{QUIET}Requests to the service: {}{QUIET:#}",
        center.requests().len()
    );

    println!("\n{HEADING}3. Repeat: the credentials come from the cache{HEADING:#}");
    center.forget_requests();
    let second = shell(&env, in_shell)?;
    println!(
        "{QUIET}Requests to the service: {}{QUIET:#}",
        center.requests().len()
    );
    ensure!(
        first == second,
        "the second call returned different credentials"
    );
    ensure!(
        center.requests().is_empty(),
        "the second call sent a request"
    );

    println!("\n{HEADING}4. Cache files for the AWS CLI and the SDKs{HEADING:#}");
    for file in env
        .files()
        .iter()
        .filter(|file| file.contains("/cache/") && !file.contains(".lock"))
    {
        println!("   ~/{file}");
    }

    println!("\n{HEADING}5. Show the status{HEADING:#}");
    shell(&env, "sso-status --profile dev")?;

    println!("\n{HEADING}6. Sign out{HEADING:#}");
    shell(&env, "sso-logout")?;
    let status = env.command("sso-status").output()?.status;
    ensure!(
        status.code() == Some(253),
        "sso-status still reports a signed-in session"
    );
    println!(
        "\n{QUIET}The temporary home directory is removed. To sign in to your own organisation, run \
         sso-login.{QUIET:#}"
    );
    Ok(())
}

/// Approves a sign-in, as the browser of `sso-login` in the demonstration.
pub(crate) fn visit(args: &VisitArgs) -> Result<()> {
    let page = Browser::new().approve(&args.url);
    ensure!(page.status == 200, "the page has status {}", page.status);
    Ok(())
}

fn consent(args: &DemoArgs) -> Consent {
    if args.browser {
        Consent::Ask
    } else {
        Consent::Approve
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the user's browser needs the variables of the desktop"
)]
fn choose_browser(env: &mut TestEnv, args: &DemoArgs) -> Result<()> {
    if args.browser {
        env.unset("BROWSER");
        for (name, value) in DESKTOP_VARIABLES
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)))
        {
            env.set(name, value);
        }
    } else {
        env.set("BROWSER", approving_browser()?);
    }
    Ok(())
}

/// Returns a browser command that approves the sign-in.
///
/// # Errors
///
/// If the path of this program is unknown or not Unicode.
pub(crate) fn approving_browser() -> Result<String> {
    let this = std::env::current_exe().context("cannot determine the path of this program")?;
    let this = this
        .to_str()
        .context("the path of this program is not Unicode")?;
    Ok(format!("{} visit %s", shell_words::quote(this)))
}

fn show_config() {
    for line in TestEnv::SAMPLE_CONFIG
        .lines()
        .take_while(|line| !line.contains("prod"))
    {
        println!("   {QUIET}{line}{QUIET:#}");
    }
}

/// Prints `script`, runs it in a shell with the temporary home directory, and prints its output.
fn shell(env: &TestEnv, script: &str) -> Result<String> {
    for line in script.lines() {
        println!("{COMMAND}$ {line}{COMMAND:#}");
    }
    let ran = env
        .command("sh")
        .args(["-c", script])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start sh")?;
    let output = String::from_utf8_lossy(&ran.stdout).into_owned();
    print!("{output}");
    ensure!(ran.status.success(), "the script failed: {}", ran.status);
    Ok(output)
}
