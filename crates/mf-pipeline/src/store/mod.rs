//! What is kept: results by key, cells, the lock.

pub(crate) mod cache;
pub(crate) mod cells;
mod garbage;
pub(crate) mod lock;
pub(crate) mod provenance;
pub(crate) mod recipe;
