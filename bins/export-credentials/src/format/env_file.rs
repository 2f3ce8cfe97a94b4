//! Files with `NAME=value` lines.

use cli_ux::quoting::is_plain;
use cli_ux::shell::{UnsupportedValue, Variable, assigned};

/// Maximum length of a line that Docker reads (`bufio.MaxScanTokenSize`).
const DOCKER_LINE_BYTES: usize = 64 * 1024;

/// Returns a `.env` file. Readers of these files agree on text in single quotes except `${`, and on
/// text without special characters in double quotes, but not on escapes.
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
    UnsupportedValue::reject_line_break(name, value)?;
    if value.contains("${") {
        return Err(UnsupportedValue::new(
            name,
            "${, a variable reference to some readers",
        ));
    }
    if !value.contains(['\'', '\\']) {
        return Ok(format!("'{value}'"));
    }
    let reason = "quotes or backslashes together with one of \" \\ $ ` !";
    UnsupportedValue::reject_any(name, value, &['"', '\\', '$', '`', '!'], reason)?;
    Ok(format!("\"{value}\""))
}

/// Returns a file for `docker run --env-file`, which reads the text after `=` literally.
pub(super) fn docker(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        UnsupportedValue::reject_line_break(name, value)?;
        let line = format!("{name}={value}\n");
        if line.len() >= DOCKER_LINE_BYTES {
            return Err(UnsupportedValue::new(name, "more than 64 kB"));
        }
        Ok(line)
    })
}
