//! Sign in to AWS through IAM Identity Center.

fn main() {}
