//! What is kept: results by key, cells, the lock.

pub(crate) mod cache;
pub(crate) mod cells;
pub(crate) mod lock;
pub(crate) mod provenance;
pub(crate) mod recipe;
