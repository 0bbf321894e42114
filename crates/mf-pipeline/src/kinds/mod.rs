//! Kinds of stages: their registry, what they read, the job they run with, and the cells of long ones.

pub(crate) mod cells;
pub(crate) mod job;
pub(crate) mod keeper;
pub(crate) mod reads;
pub(crate) mod registry;
pub(crate) mod verdict;
