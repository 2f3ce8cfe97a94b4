//! Lossless parser and editor for the AWS shared config and credentials files
