//! Errors before a proxy has connected to the host.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};

use crate::proxy_problem::ProxyProblem;

/// Error before the proxy has connected to the host.
#[derive(Debug)]
pub(super) enum ProxyFault {
    /// The connection to the proxy failed.
    Connection(ureq::Error),
    /// The proxy did not connect to the host.
    Tunnel(ProxyProblem),
}

impl Error for ProxyFault {}

impl fmt::Display for ProxyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(error) => error.fmt(f),
            Self::Tunnel(problem) => problem.fmt(f),
        }
    }
}

impl From<ProxyFault> for ureq::Error {
    fn from(fault: ProxyFault) -> Self {
        Self::Other(Box::new(fault))
    }
}

impl From<io::Error> for ProxyFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedEof => Self::Tunnel(ProxyProblem::Closed),
            _ => Self::Connection(error.into()),
        }
    }
}
