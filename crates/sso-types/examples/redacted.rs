//! Prints the `Debug` output of a struct with a token: `redacted TOKEN REGION`.

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;

use sso_types::{AccessToken, Region};

/// A struct with a derived `Debug`, which does not show the token.
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
