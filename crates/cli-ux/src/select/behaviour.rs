//! Differences between the lists.

/// Order of the entries that match a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    OfEntries,
    BestFirst,
}

/// Effect of the Escape key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    Nothing,
    Back,
    Cancel,
}

/// Properties of a list apart from its entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behaviour {
    pub(super) order: Order,
    pub(super) escape: Escape,
    pub(super) has_styles: bool,
}
