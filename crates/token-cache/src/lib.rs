//! The token and credential caches that the AWS CLI v2 and the SDKs share on disk
