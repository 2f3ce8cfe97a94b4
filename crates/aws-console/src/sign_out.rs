//! Sign-out from the console.

use percent_encoding::utf8_percent_encode;
use sso_transport::{Endpoint, RESERVED};

/// Returns the URL at the federation `endpoint` that ends the console session in the browser, and then
/// opens `next`. AWS opens only URLs of its own.
#[must_use]
pub fn sign_out_url(endpoint: &Endpoint, next: &str) -> String {
    let next = utf8_percent_encode(next, RESERVED);
    format!("{endpoint}/oauth?Action=logout&redirect_uri={next}")
}
