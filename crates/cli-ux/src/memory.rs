//! What is in memory stays there.

/// Keeps secrets in this process's memory from core dumps and from other processes of the same
/// user, on Linux; elsewhere it does nothing. A command that takes this program's place, or is
/// started by it, is as it would be without.
pub(crate) fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // What is refused here was forbidden to this process by whoever confined it.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
