//! The engine, run on toy stages: one file of tests for each of its promises.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)] // tests may, and damage files on purpose

mod cache;
mod cells;
mod claims;
mod clean;
mod diagnostics;
mod diff;
mod documents;
mod execute;
mod expand;
mod explain;
mod graph;
mod keys;
mod lock;
mod plan;
mod publish;
mod remedies;
mod schema;
mod toys;
