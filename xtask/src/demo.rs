//! `cargo xtask demo`: the main job, done by the real programs against a local Identity Center.

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

/// What a browser on this desktop needs of the environment.
const OF_THE_DESKTOP: [&str; 7] = [
    "BROWSER",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XDG_RUNTIME_DIR",
];

/// The arguments of `cargo xtask demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Approve the sign-in yourself, in your own browser
    #[arg(long)]
    browser: bool,
}

/// The arguments of `cargo xtask visit`.
#[derive(Debug, Args)]
pub(crate) struct VisitArgs {
    /// The address to open
    url: String,
}

/// Shows a sign-in, credentials in a shell, and the cache at work. Nothing leaves this machine,
/// and nothing is written outside a temporary home, which is removed.
pub(crate) fn run(args: &DemoArgs) -> Result<()> {
    build_programs(&programs(&metadata()?))?;
    // Ctrl-C ends the program that runs; the error it leaves ends this one, home and all.
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
    println!("{HEADING}A temporary home{HEADING:#} has this config:");
    show_config();

    println!("\n{HEADING}1. Sign in{HEADING:#}");
    shell(&env, "sso-login --profile dev")?;

    println!("\n{HEADING}2. Have the credentials in the shell{HEADING:#}");
    let in_shell = "eval \"$(export-credentials --profile dev)\"\n\
                    echo \"$AWS_ACCESS_KEY_ID until $AWS_CREDENTIAL_EXPIRATION\"";
    center.forget_requests();
    let first = shell(&env, in_shell)?;
    println!(
        "{QUIET}The server was asked {}.{QUIET:#}",
        times(center.requests().len())
    );

    println!("\n{HEADING}3. Again: the answer comes from the cache{HEADING:#}");
    center.forget_requests();
    let second = shell(&env, in_shell)?;
    println!(
        "{QUIET}The server was asked {}.{QUIET:#}",
        times(center.requests().len())
    );
    ensure!(first == second, "the second call gave other credentials");
    ensure!(
        center.requests().is_empty(),
        "the second call asked the server"
    );

    println!("\n{HEADING}4. What the AWS CLI and the SDKs find{HEADING:#}");
    for file in env
        .files()
        .iter()
        .filter(|file| file.contains("/cache/") && !file.contains(".lock"))
    {
        println!("   ~/{file}");
    }

    println!("\n{HEADING}5. See where you stand{HEADING:#}");
    shell(&env, "sso-status --profile dev")?;

    println!("\n{HEADING}6. Sign out{HEADING:#}");
    shell(&env, "sso-logout")?;
    let status = env.command("sso-status").output()?.status;
    ensure!(status.code() == Some(253), "somebody is still signed in");
    println!(
        "\n{QUIET}The temporary home is removed again. With your own organisation: sso-login.{QUIET:#}"
    );
    Ok(())
}

/// Plays the browser of a person who approves: what `sso-login` starts in the demonstration.
pub(crate) fn visit(args: &VisitArgs) -> Result<()> {
    let page = Browser::new().approve(&args.url);
    ensure!(page.status == 200, "the page says {}", page.status);
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
    reason = "the person's own browser lives in their environment"
)]
fn choose_browser(env: &mut TestEnv, args: &DemoArgs) -> Result<()> {
    if args.browser {
        env.unset("BROWSER");
        for (name, value) in OF_THE_DESKTOP
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)))
        {
            env.set(name, value);
        }
    } else {
        env.set("BROWSER", own_browser()?);
    }
    Ok(())
}

/// Returns the command of a browser whose user approves.
///
/// # Errors
///
/// Where the path of this program is not known.
pub(crate) fn own_browser() -> Result<String> {
    let this = std::env::current_exe().context("cannot find this program")?;
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

/// Runs `script` in a shell with the temporary home; shows it, and what it says.
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
    ensure!(ran.status.success(), "that did not work: {}", ran.status);
    Ok(output)
}

fn times(count: usize) -> String {
    match count {
        0 => "nothing".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}
