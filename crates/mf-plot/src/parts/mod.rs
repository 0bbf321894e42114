//! The parts of panels of every kind: axes, legends, bars, notes, and the values of a panel.

pub(crate) mod around;
pub(crate) mod axes;
pub(crate) mod bars;
pub(crate) mod legend;
pub(crate) mod notes;
pub(crate) mod reading;
pub(crate) mod signs;
