//! Protection of the memory of this process.

/// Keeps secrets in this process's memory from core dumps and from other processes of the same
/// user, on Linux; elsewhere it does nothing. A command that replaces this program, or is started
/// by it, is not affected.
pub(crate) fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // It fails where the process is confined, which is not an error of this program.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
