//! The command line of mf.
fn main() {}
