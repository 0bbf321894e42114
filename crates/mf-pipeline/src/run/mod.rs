//! Doing what a plan says.

pub(crate) mod cells;
pub(crate) mod export;
pub(crate) mod forecast;
pub(crate) mod grid;
pub(crate) mod observer;
pub(crate) mod options;
pub(crate) mod report;
pub(crate) mod scheduler;
pub(crate) mod single;
pub(crate) mod stage;
