//! What every program pays: the yardstick for those that do next to nothing.
fn main() {}
