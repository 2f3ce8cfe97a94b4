//! Files of `NAME=value` lines.

use super::{UnsupportedValue, assigned, is_plain};
use crate::export::Variable;

/// Docker reads no longer line (`bufio.MaxScanTokenSize`).
const DOCKER_LINE_BYTES: usize = 64 * 1024;

/// For `.env` files. Their readers agree on what stands between single quotes but for `${`, and on
/// what means nothing between double quotes; not on escapes.
pub(super) fn dotenv(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        let value = if is_plain(value) {
            value.to_owned()
        } else {
            dotenv_quoted(name, value)?
        };
        Ok(format!("{name}={value}\n"))
    })
}

fn dotenv_quoted(name: &str, value: &str) -> Result<String, UnsupportedValue> {
    UnsupportedValue::where_line_end(name, value)?;
    if value.contains("${") {
        return Err(UnsupportedValue::new(
            name,
            "a variable to some readers, ${",
        ));
    }
    if !value.contains(['\'', '\\']) {
        return Ok(format!("'{value}'"));
    }
    let reason = "quotes or backslashes together with one of \" \\ $ ` !";
    UnsupportedValue::where_any(name, value, &['"', '\\', '$', '`', '!'], reason)?;
    Ok(format!("\"{value}\""))
}

/// For `docker run --env-file`, which takes what follows the `=` as it is.
pub(super) fn docker(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        UnsupportedValue::where_line_end(name, value)?;
        let line = format!("{name}={value}\n");
        if line.len() >= DOCKER_LINE_BYTES {
            return Err(UnsupportedValue::new(name, "more than 64 kB"));
        }
        Ok(line)
    })
}
