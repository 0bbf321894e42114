//! The parts of panels of every kind: axes, legends, bars, notes, and what a panel says at its points.

pub(crate) mod around;
pub(crate) mod axes;
pub(crate) mod bars;
pub(crate) mod legend;
pub(crate) mod notes;
pub(crate) mod reading;
pub(crate) mod signs;
