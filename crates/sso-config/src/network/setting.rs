//! Settings with their names, for errors.

use std::path::PathBuf;

/// PEM file from the environment or the config files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaBundlePath {
    /// The file.
    pub path: PathBuf,
    /// Setting that contains the path: the name of a variable, or a key with its location.
    pub setting: String,
}

/// Endpoint URL from the environment or the config files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUrl {
    /// The URL, as written.
    pub url: String,
    /// Setting that contains the URL: the name of a variable, or a key with its location.
    pub setting: String,
}
