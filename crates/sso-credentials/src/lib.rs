//! Signing in to AWS through IAM Identity Center and resolving profiles to credentials
