//! The words, prompts, colours and exit statuses that the aws-sso-tools programs share
