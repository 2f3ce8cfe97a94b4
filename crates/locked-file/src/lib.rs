//! Advisory locks and atomic, crash-safe replacement of small shared files
