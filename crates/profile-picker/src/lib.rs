//! List of all AWS profiles with a fuzzy filter, for the terminal.

mod history;
mod pick;

pub use history::UsageHistory;
pub use pick::pick;
