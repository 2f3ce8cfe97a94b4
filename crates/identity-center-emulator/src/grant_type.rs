//! Values of `grantType` in a `CreateToken` request.

/// Authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636).
pub const AUTHORIZATION_CODE: &str = "authorization_code";
/// Device authorization grant (RFC 8628).
pub const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Refresh of an access token (RFC 6749 §6).
pub const REFRESH_TOKEN: &str = "refresh_token";
