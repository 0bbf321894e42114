//! The parts of all kinds of panels: axes, legends, bars, notes, and the values of a panel.

pub(crate) mod around;
pub(crate) mod axes;
pub(crate) mod bars;
pub(crate) mod legend;
pub(crate) mod notes;
pub(crate) mod reading;
pub(crate) mod signs;
