//! Shows what a log would have of a token: `redacted TOKEN REGION`.

#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::error::Error;

use sso_types::{AccessToken, Region};

/// Derives `Debug` as anything does, and yet gives nothing away.
#[derive(Debug)]
#[expect(dead_code, reason = "`Debug` reads the fields")]
struct SignIn {
    token: AccessToken,
    region: Region,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(token), Some(region)) = (arguments.next(), arguments.next()) else {
        return Err("usage: redacted TOKEN REGION".into());
    };
    let sign_in = SignIn {
        token: token.into(),
        region: region.parse()?,
    };
    println!("{sign_in:?}");
    Ok(())
}
