//! Client for the AWS SSO OIDC service: client registration, device authorization, PKCE, tokens
