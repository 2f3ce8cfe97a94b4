//! The project's workshop.

fn main() {}
