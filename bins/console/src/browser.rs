//! Browser, or the reason why none is opened.

use std::path::Path;

use cli_ux::Failure;
use cli_ux::browser::{Browser, BrowserChoice, BrowserUnavailable, TmuxEnv};
use sso_config::sign_in::SignInSettings;
use sso_credentials::Aws;

use crate::args::Args;
use crate::target::Target;

/// Use of the URL.
pub(crate) enum Opening {
    /// `--print`
    Print,
    Browser(Browser),
    Unavailable(BrowserUnavailable),
}

impl Opening {
    /// Selects the browser like `sso-login`: the option, `sso_browser` of the session, the environment.
    ///
    /// Only the option selects a browser for a login URL in an environment such as an SSH session. There,
    /// another setting usually starts a browser on another machine, which cannot reach the page on the
    /// loopback address. A shortcut link needs no such page.
    pub(crate) fn choose(args: &Args, target: &Target<'_>, aws: &Aws) -> Result<Self, Failure> {
        if args.print {
            return Ok(Self::Print);
        }
        let (env, root) = (TmuxEnv::new(aws.env()), Path::new("/"));
        let session = target.session();
        let setting = session.and_then(|it| SignInSettings::of(aws.files(), it).browser());
        let option = args.browser.as_deref();
        let choice = BrowserChoice::find(option, setting.as_ref(), env.of_process(), root)?;
        let needs_loopback = option.is_none() && target.sso_role().is_none();
        if choice.is_named() && !needs_loopback {
            return Ok(Self::Browser(choice.into_browser()));
        }
        Ok(
            match BrowserUnavailable::find(env.current(), &choice, root) {
                Some(reason) => Self::Unavailable(reason),
                None => Self::Browser(choice.into_browser()),
            },
        )
    }
}
