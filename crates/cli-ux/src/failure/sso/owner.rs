//! Hint for a file or directory of another user.

use std::error::Error;
use std::path::Component;

use sso_config::ForeignOwner;

use crate::command_line::{Arguments, CommandLine};
use crate::failure::hint::Hint;

/// Returns a command only for files that root left in `.aws`, for example with `sudo`. Files of other
/// users may be an attempt to exchange a token, and directories above `.aws` may be root's own.
pub(super) fn hint(error: &(dyn Error + 'static)) -> Option<Hint> {
    let foreign = ForeignOwner::in_causes_of(error)?;
    let is_in_aws_dir = foreign
        .path
        .components()
        .any(|component| component == Component::Normal(".aws".as_ref()));
    if !is_in_aws_dir {
        return None;
    }
    let arguments = Arguments::new().operand(foreign.user.to_string());
    let chown = CommandLine::new("sudo chown -R", arguments.operand(&foreign.path));
    Some(if foreign.is_root() {
        chown.into()
    } else {
        let path = foreign.path.display();
        format!("remove {path}; or, if its files are yours, run: {chown}").into()
    })
}
