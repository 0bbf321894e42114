//! What can be asked of a project and its results.

pub(crate) mod clean;
pub(crate) mod dependents;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod judge;
pub(crate) mod names;
pub(crate) mod orphans;
pub(crate) mod place;
