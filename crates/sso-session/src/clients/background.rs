//! Early refreshes in a process of their own, so that no call waits for one.

use sso_transport::CaBundle;
use token_cache::refresh::{Background, StartBackground};

use super::{Connected, ServiceClients};
use crate::error::Error;

/// Process that refreshes a token. The function waits for a short time until the process has ended,
/// and returns its error message, if any.
pub type Process = Box<dyn FnOnce() -> Option<String>>;

pub(super) type Start<'a> = Box<dyn Fn() -> Option<Process> + Send + Sync + 'a>;

impl<'a> ServiceClients<'a> {
    /// Sets a function that starts another process, which calls
    /// [`TokenProvider::refresh_in_background`](crate::TokenProvider::refresh_in_background) for the
    /// session of these clients. It returns `None` if it cannot start one. By default, and if a config
    /// file or the CA bundle is a pipe or a descriptor of this process, the process itself refreshes a
    /// token that is still valid.
    #[must_use]
    pub fn refresh_in_background(
        mut self,
        start: impl Fn() -> Option<Process> + Send + Sync + 'a,
    ) -> Self {
        self.background = Some(Box::new(start));
        self
    }

    /// Returns the function of [`refresh_in_background`](Self::refresh_in_background). It logs the
    /// error message of the process as a warning. It starts no process that could not read the same
    /// config files and CA bundle.
    pub(crate) fn background(&self) -> Option<Box<StartBackground<'_>>> {
        let start = self.background.as_ref()?;
        Some(Box::new(move || {
            if !self.can_be_used_by_others() {
                return None;
            }
            self.notify_first_request();
            start().map(warning_of_error)
        }))
    }

    /// Checks that another process can read the CA bundle, if there is one. Does not read it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`], also if another network setting is invalid.
    pub fn check_others_can_read_ca_bundle(&self) -> Result<(), Error> {
        let connected = self.connected()?;
        match &connected.http.settings().ca_bundle {
            Some(bundle) if bundle.is_unrepeatable() => {
                let path = bundle.path().to_owned();
                let setting = connected.ca_bundle_setting.clone();
                Err(sso_config::Error::NotReadableAgain { path, setting }.into())
            }
            _ => Ok(()),
        }
    }

    fn can_be_used_by_others(&self) -> bool {
        let can_read_ca_bundle = |connected: &Connected| {
            let bundle = connected.http.settings().ca_bundle.as_ref();
            bundle.is_none_or(CaBundle::can_be_read_by_others)
        };
        self.network.files.can_be_read_by_others() && self.connected().is_ok_and(can_read_ca_bundle)
    }
}

fn warning_of_error(process: Process) -> Background {
    Box::new(move || {
        if let Some(error) = process() {
            log::warn!("{error}; using the token until it expires");
        }
    })
}
