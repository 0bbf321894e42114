//! Kinds of stages: what they are registered as, what they are given, and the cells that long ones are made of.

pub(crate) mod cells;
pub(crate) mod job;
pub(crate) mod keeper;
pub(crate) mod registry;
