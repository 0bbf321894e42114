//! What all other modules use: texts, problems, errors, hashes, results, threads and memory.

pub(crate) mod budget;
pub(crate) mod diagnostic;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod git;
pub(crate) mod hash;
pub(crate) mod listener;
pub(crate) mod outputs;
pub(crate) mod paths;
pub(crate) mod shard;
pub(crate) mod text;
