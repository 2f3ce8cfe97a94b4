//! A local IAM Identity Center and a temporary home, for tests and demonstrations
