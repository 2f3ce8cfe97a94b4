//! Arguments of a sign-in.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::num::NonZeroU16;

use clap::Args;

/// Arguments of a sign-in, to be flattened into those of a program.
#[derive(Args, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct SignInArgs {
    /// Print the address instead of opening a browser
    #[arg(long, help_heading = "Sign-in")]
    pub no_browser: bool,

    /// Command that opens the browser; {url} or %s stands for the address [default: sso_browser, else $BROWSER, else the system's]
    #[arg(
        long,
        value_name = "COMMAND",
        conflicts_with_all = ["no_browser", "remote"],
        help_heading = "Sign-in"
    )]
    pub browser: Option<String>,

    /// Sign in with a code that may be entered on any device
    #[arg(long, conflicts_with_all = ["remote", "redirect_port"], help_heading = "Sign-in")]
    pub use_device_code: bool,

    /// Sign in with a browser on another machine, and paste the address that it ends on
    #[arg(long, help_heading = "Sign-in")]
    pub remote: bool,

    /// Port of 127.0.0.1 for the browser to come back to, as one that ssh forwards [default: sso_redirect_port, else any]
    #[arg(long, value_name = "PORT", help_heading = "Sign-in")]
    pub redirect_port: Option<NonZeroU16>,

    /// Draw the address as a QR code, for the camera of another device
    #[arg(long, help_heading = "Sign-in")]
    pub qr: bool,
}
