//! What a panel takes from the figure around it.

use std::collections::BTreeMap;

use mf_data::Table;

use crate::parts::bars::bands::BandBar;
use crate::parts::bars::colors::ColorBar;
use crate::spec::Axis;

/// What a panel takes from the figure around it.
pub(crate) struct Around<'a> {
    /// The panel, as errors name it.
    pub(crate) part: String,
    pub(crate) tables: &'a BTreeMap<String, Table>,
    /// The panel's axes: its own, or those of the panel that shows their labels.
    pub(crate) x: &'a Axis,
    pub(crate) y: &'a Axis,
    /// Whether the panel shows their labels itself.
    pub(crate) shows_x: bool,
    pub(crate) shows_y: bool,
    /// The colour bar of the whole figure.
    pub(crate) color_bar: Option<&'a ColorBar>,
    /// The bar of bands of the whole figure.
    pub(crate) band_bar: Option<&'a BandBar>,
}
