//! Arguments of the sign-in.

#![expect(clippy::doc_markdown, reason = "--help prints these comments")]

use std::num::NonZeroU16;

use clap::Args;

/// Arguments of the sign-in, to be flattened into the arguments of a program.
#[derive(Args, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each field is a flag")]
pub struct SignInArgs {
    /// Print the URL instead of opening a browser
    #[arg(long, help_heading = "Sign-in")]
    pub no_browser: bool,

    /// Browser command; {url} or %s is the URL [default: $BROWSER]
    ///
    /// The URL replaces {url} or %s, and the percent-encoded URL {encoded_url}; it is appended if the command contains
    /// none of them. The default is sso_browser in the config file, then $BROWSER, then the default browser of the operating system.
    #[arg(
        long,
        value_name = "COMMAND",
        conflicts_with_all = ["no_browser", "remote"],
        help_heading = "Sign-in"
    )]
    pub browser: Option<String>,

    /// Sign in with a device code, on any device
    #[arg(long, conflicts_with_all = ["remote", "redirect_port"], help_heading = "Sign-in")]
    pub use_device_code: bool,

    /// Sign in with a browser on another machine and paste the resulting URL
    #[arg(long, help_heading = "Sign-in")]
    pub remote: bool,

    /// Local port for the sign-in redirect, for example with `ssh -L`
    ///
    /// The default is sso_redirect_port in the config file, then any free port.
    #[arg(long, value_name = "PORT", value_parser = parse_port, help_heading = "Sign-in")]
    pub redirect_port: Option<NonZeroU16>,

    /// Sign in with a device code and show its URL as a QR code
    ///
    /// With --remote, shows the URL of the browser sign-in instead.
    #[arg(long, conflicts_with = "redirect_port", help_heading = "Sign-in")]
    pub qr: bool,
}

fn parse_port(text: &str) -> Result<NonZeroU16, String> {
    let port = text.parse();
    port.map_err(|_| "expected a port from 1 to 65535".to_owned())
}
