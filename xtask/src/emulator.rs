//! `cargo xtask emulator`: a local IAM Identity Center to try things out with.

use std::io;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use sso_test_support::{Account, Consent, FakeIdentityCenter, Operation, Settings, TestEnv};

/// The arguments of `cargo xtask emulator`.
#[derive(Debug, Args)]
pub(crate) struct EmulatorArgs {
    /// The port to listen on; a free one by default
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Approve every sign-in as soon as its page is opened
    #[arg(long)]
    approve: bool,

    /// How many accounts to have; more than two are made up
    #[arg(long, value_name = "N", default_value_t = 2)]
    accounts: usize,

    /// How long the answer to each request of a program takes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,

    /// How long access tokens live, in seconds
    #[arg(long, value_name = "SECONDS")]
    lifetime: Option<u64>,
}

/// Starts the emulator, prints how to use it, and serves until Ctrl-C or the end of standard
/// input.
pub(crate) fn run(args: &EmulatorArgs) -> Result<()> {
    let identity_center = FakeIdentityCenter::start_on_port(args.port, settings(args))
        .with_context(|| format!("cannot listen on port {}", args.port))?;
    print!("{}", instructions(&identity_center.url()));
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

fn settings(args: &EmulatorArgs) -> Settings {
    let latency = Duration::from_millis(args.latency);
    let mut settings = Settings {
        accounts: Account::generated(args.accounts),
        latency: Operation::API.map(|operation| (operation, latency)).into(),
        ..Settings::default()
    };
    if args.approve {
        settings.consent = Consent::Approve;
    }
    if let Some(seconds) = args.lifetime {
        settings.access_token_lifetime = Duration::from_secs(seconds);
        settings.legacy_token_lifetime = Duration::from_secs(seconds);
    }
    settings
}

/// Returns lines that a shell takes as they are; those about the home keep tokens of the
/// emulator away from real ones.
fn instructions(url: &str) -> String {
    format!(
        "\
# A local IAM Identity Center is at {url}, until Ctrl-C.
# In another shell:

export AWS_ENDPOINT_URL={url}
export HOME=\"$(mktemp -d)\"
mkdir \"$HOME/.aws\"
cat > \"$HOME/.aws/config\" <<'END'
{config}END

# And then:
#   sso-login --profile dev
#   eval \"$(export-credentials --profile dev)\"
",
        config = TestEnv::SAMPLE_CONFIG,
    )
}
