//! Contents of the file before an edit.

use std::path::Path;

use aws_config_parse::FileKind;
use locked_file::{ReadError, read_as_is_up_to};

use crate::environment::{CONFIG_FILE, CREDENTIALS_FILE};
use crate::error::Error;
use crate::files::MAX_FILE_BYTES;

/// Reads the config file, through symbolic links. A missing file counts as empty. A pipe or a device
/// is an error, because it cannot be replaced.
pub(super) fn read_for_edit(path: &Path, kind: FileKind) -> Result<Vec<u8>, Error> {
    match read_as_is_up_to(MAX_FILE_BYTES, path) {
        Ok(bytes) => Ok(bytes.unwrap_or_default()),
        Err(ReadError::NotAFile { path }) => Err(Error::NotAFile {
            path,
            variable: variable(kind),
        }),
        Err(error) => Err(Error::ReadConfig(error)),
    }
}

/// Returns the variable that selects the file.
pub(super) fn variable(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Config => CONFIG_FILE,
        FileKind::Credentials => CREDENTIALS_FILE,
    }
}
