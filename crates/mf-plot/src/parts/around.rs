//! The context of a panel in its figure.

use std::collections::BTreeMap;

use mf_data::Table;

use crate::parts::bars::bands::BandBar;
use crate::parts::bars::colors::ColorBar;
use crate::spec::Axis;

/// The context of a panel in its figure.
pub(crate) struct Around<'a> {
    /// The name of the panel in errors.
    pub(crate) part: String,
    pub(crate) tables: &'a BTreeMap<String, Table>,
    /// The axes of the panel: its own, or those of the panel with the shared labels.
    pub(crate) x: &'a Axis,
    pub(crate) y: &'a Axis,
    /// Whether the labels are at this panel.
    pub(crate) shows_x: bool,
    pub(crate) shows_y: bool,
    /// The colour bar of the whole figure.
    pub(crate) color_bar: Option<&'a ColorBar>,
    /// The bar of bands of the whole figure.
    pub(crate) band_bar: Option<&'a BandBar>,
}
