//! Messages of the sign-in.

use std::sync::Arc;
use std::time::Duration;

use sso_session::clock::SharedClock;
use sso_session::sign_in::{AuthorizationPrompt, AuthorizationRequest, PasteBack};
use sso_session::{DeviceAuthorization, Error, ErrorChain};
use sso_types::{at_least, sanitize};

use super::args::SignInArgs;
use super::escape::Escape;
use super::event::SignInEvent;
use super::method::{DeviceCodeReason, SignInMethod};
use super::paste::PasteReader;
use crate::failure::{Failure, hint_for};
use crate::progress::Spinner;
use crate::terminal::dumb::is_dumb;
use crate::ui::Ui;

pub(super) struct Prompt<'a> {
    pub(super) ui: &'a Ui,
    pub(super) method: SignInMethod,
    pub(super) args: &'a SignInArgs,
    /// Command that forwards the port of the redirect, if the port is fixed.
    pub(super) ssh_command: Option<String>,
    /// Key that cancels the sign-in, if there is an earlier prompt.
    pub(super) escape: Option<Escape>,
    pub(super) on_event: &'a dyn Fn(SignInEvent<'_>),
}

pub(super) struct WaitGuard {
    _spinner: Spinner,
    _paste: Option<PasteReader>,
    /// Dropped at the end of the wait, after which a failure of the browser is not reported.
    _wait: Arc<()>,
}

impl AuthorizationPrompt for Prompt<'_> {
    type Guard = WaitGuard;

    fn show(&self, request: &AuthorizationRequest<'_>) -> WaitGuard {
        let wait = Arc::new(());
        PasteReader::discard_earlier();
        match request {
            AuthorizationRequest::Browser {
                url,
                paste_back,
                timeout,
            } => {
                self.ask_to_open(url, &wait);
                (self.on_event)(SignInEvent::Waiting { timeout: *timeout });
                let paste = self.ask_to_paste(paste_back);
                WaitGuard {
                    _spinner: self.ui.spinner("Waiting for the browser", *timeout),
                    _paste: paste,
                    _wait: wait,
                }
            }
            AuthorizationRequest::UserCode(device) => {
                self.ask_to_enter_code(device, &wait);
                let timeout = device.expires_in;
                (self.on_event)(SignInEvent::Waiting { timeout });
                let reader = self.ask_to_wait();
                WaitGuard {
                    _spinner: self.ui.spinner("Waiting for approval", timeout),
                    _paste: reader,
                    _wait: wait,
                }
            }
        }
    }

    fn token_not_saved_yet(&self, error: &Error, timeout: Duration) {
        self.ui.warn_sentence(format_args!(
            "{}; fix this within {}, and the sign-in continues",
            ErrorChain(error),
            at_least(timeout)
        ));
        if let Some(hint) = hint_for(error, self.ui.program()) {
            self.ui.say(format_args!("hint: {hint}"));
        }
    }

    fn is_cancelled_within(&self, pause: Duration, clock: &SharedClock) -> bool {
        if let Some(escape) = &self.escape {
            return escape.is_pressed_within(pause);
        }
        clock.sleep(pause);
        false
    }
}

fn back_help() -> &'static str {
    if is_dumb() {
        "To go back, enter <."
    } else {
        "To go back, press Esc."
    }
}

impl Prompt<'_> {
    /// Lets the user go back, if there is an earlier prompt.
    fn ask_to_wait(&self) -> Option<PasteReader> {
        let reader = PasteReader::for_escape(self.ui, self.escape.as_ref()?)?;
        self.ui.ask_sentence(back_help());
        Some(reader)
    }

    fn ask_to_open(&self, url: &str, wait: &Arc<()>) {
        let is_opened = self.open_browser(url, wait);
        if let Some(command) = &self.ssh_command {
            self.ui.say_sentence(
                "If the browser is on another machine, run this command there first:",
            );
            self.ui.say_lines(["", &format!("    {command}"), ""]);
        }
        if is_opened {
            self.ui
                .say_sentence("If the browser does not open, open the following URL:");
        } else if self.args.remote || self.ssh_command.is_some() {
            self.ui
                .ask_sentence("Using a browser, open the following URL:");
        } else {
            self.ui
                .ask_sentence("Using a browser on this machine, open the following URL:");
        }
        self.show_url(url);
    }

    /// Accepts a pasted URL in every browser sign-in, so that a failed redirect does not require
    /// another sign-in.
    fn ask_to_paste(&self, paste_back: &PasteBack) -> Option<PasteReader> {
        let reader = PasteReader::start(self.ui, paste_back, self.escape.as_ref())?;
        if self.args.remote {
            self.ui.ask_sentence(
                "After the sign-in, the browser shows a page that does not load. Copy its URL, \
                 which begins with http://127.0.0.1, paste it here and press Enter.",
            );
        } else {
            self.ui.say_sentence(
                "If the browser ends on a page that does not load, paste its URL here and press \
                 Enter.",
            );
        }
        if self.escape.is_some() {
            self.ui.ask_sentence(back_help());
        }
        Some(reader)
    }

    fn ask_to_enter_code(&self, device: &DeviceAuthorization, wait: &Arc<()>) {
        if let Some(reason) = self.method.reason {
            self.say_reason(reason);
        }
        if self.open_browser(&device.verification_uri_complete, wait) {
            self.ui.ask_sentence(
                "If the browser does not open or you wish to use a different device to authorize \
                 this request, open the following URL:",
            );
            self.show_with_code(device, "Then enter the code:");
        } else {
            self.ui
                .ask_sentence("Using a browser, open the following URL:");
            self.show_with_code(device, "and enter the following code:");
        }
    }

    fn say_reason(&self, reason: DeviceCodeReason) {
        match reason {
            DeviceCodeReason::Qr => self
                .ui
                .say_sentence("--qr is for another device; signing in with a device code."),
            DeviceCodeReason::Unavailable(unavailable) => self.ui.say_sentence(format_args!(
                "{unavailable} detected; signing in with a device code. Use --remote or \
                 --redirect-port to use a browser."
            )),
        }
    }

    fn show_with_code(&self, device: &DeviceAuthorization, then: &str) {
        let user_code = sanitize(&device.user_code);
        self.ui.ask("");
        self.ui.ask_link(&device.verification_uri);
        self.ui.ask("");
        self.show_qr(&device.verification_uri_complete);
        self.ui.ask_sentence(then);
        self.ui.ask_large(&user_code);
        self.ui.say_sentence(
            "Approve the request only if you started it and the browser shows the same code.",
        );
        (self.on_event)(SignInEvent::Url(&device.verification_uri_complete));
        (self.on_event)(SignInEvent::UserCode(&user_code));
    }

    fn show_url(&self, url: &str) {
        self.ui.ask("");
        self.ui.ask_link(url);
        self.ui.ask("");
        self.show_qr(url);
        (self.on_event)(SignInEvent::Url(url));
    }

    fn show_qr(&self, url: &str) {
        if self.args.qr {
            self.ui.ask_qr(url);
        }
    }

    /// Returns whether a browser was started. If its command fails during the wait, the URL on the
    /// screen can still be used.
    fn open_browser(&self, url: &str, wait: &Arc<()>) -> bool {
        let Some(browser) = &self.method.browser else {
            return false;
        };
        let (ui, wait) = (self.ui.clone(), Arc::downgrade(wait));
        let on_failure = move |error| {
            if wait.upgrade().is_some() {
                ui.warn_sentence(Failure::from(error));
            }
        };
        match browser.open(url, on_failure) {
            Ok(()) => true,
            Err(error) => {
                self.ui.warn_sentence(Failure::from(error));
                false
            }
        }
    }
}
