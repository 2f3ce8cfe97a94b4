//! Prints the endpoints of a Region: `endpoints REGION [fips] [dualstack]`.

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use std::error::Error;

use sso_transport::{Endpoints, Service};
use sso_types::Region;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (region, kinds) = arguments
        .split_first()
        .ok_or("usage: endpoints REGION [fips] [dualstack]")?;
    let region: Region = region.parse()?;
    let endpoints = Endpoints {
        use_fips: kinds.iter().any(|kind| kind == "fips"),
        use_dualstack: kinds.iter().any(|kind| kind == "dualstack"),
        ..Endpoints::default()
    };
    for service in [Service::SsoOidc, Service::SsoPortal, Service::Sts] {
        println!("{service:?}: {}", endpoints.resolve(service, &region)?);
    }
    Ok(())
}
