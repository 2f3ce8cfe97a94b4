//! Protection of the process's memory.

/// Excludes the memory of this process from core dumps and protects it from other processes of the
/// same user. Commands that this process starts, or that replace it, are not affected. Has an
/// effect only on Linux.
pub(crate) fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A failure, for example in a sandbox, is not an error.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
