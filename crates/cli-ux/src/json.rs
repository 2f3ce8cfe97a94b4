//! JSON documents of the programs.

/// Value of the field `schemaVersion` of each JSON document. A version has stable fields; more fields can
/// be added to it.
pub const SCHEMA_VERSION: u32 = 1;
