//! What a person is asked to do.

use cli_ux::{Browser, Ui, Waiting};
use sso_credentials::{AuthorizationPrompt, AuthorizationRequest, printable};

/// Asks in the terminal and opens a browser.
pub(crate) struct Prompt<'a> {
    pub(crate) ui: &'a Ui,
    /// `None` where the address is to be printed only.
    pub(crate) browser: Option<Browser>,
}

impl AuthorizationPrompt for Prompt<'_> {
    type Waiting = Waiting;

    fn ask(&self, request: &AuthorizationRequest<'_>) -> Waiting {
        match request {
            AuthorizationRequest::Browser { url, at_most } => {
                if self.opens(url) {
                    self.ui
                        .say("If the browser does not open, open the following URL:");
                } else {
                    self.ui
                        .ask("Using a browser on this machine, open the following URL:");
                }
                self.ui.ask(format_args!("\n{url}\n"));
                self.ui.waiting("Waiting for the browser", *at_most)
            }
            AuthorizationRequest::UserCode(device) => {
                let user_code = printable(&device.user_code);
                if self.opens(&device.verification_uri_complete) {
                    self.ui.ask(
                        "If the browser does not open or you wish to use a different device to \
                         authorize this request, open the following URL:",
                    );
                    self.ui.ask(format_args!(
                        "\n{}\n\nThen enter the code:",
                        device.verification_uri
                    ));
                } else {
                    self.ui.ask("Using a browser, open the following URL:");
                    self.ui.ask(format_args!(
                        "\n{}\n\nand enter the following code:",
                        device.verification_uri
                    ));
                }
                self.ui.ask_large(user_code);
                self.ui.say(
                    "Approve only what you started yourself, and only if the code is the same.",
                );
                self.ui
                    .waiting("Waiting for the approval", device.expires_in)
            }
        }
    }
}

impl Prompt<'_> {
    /// Opens the browser and says whether that is worth hoping for.
    fn opens(&self, url: &str) -> bool {
        let Some(browser) = &self.browser else {
            return false;
        };
        match browser.open(url) {
            Ok(()) => true,
            Err(error) => {
                self.ui.warn(cli_ux::Failure::from(error));
                false
            }
        }
    }
}
