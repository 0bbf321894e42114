//! The command `mf`, run in projects of its own, and what is committed. One program: the tests are linked once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

mod common;

mod agreement;
mod bad_input;
mod commands;
mod current;
mod damage;
mod diff;
mod extend;
mod formats;
mod kernels;
mod kills;
mod networks;
mod numerals;
mod paper;
mod report;
mod shards;
mod simulate;
mod stop;
mod train;
mod trial;
mod verdict;
