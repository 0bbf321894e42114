//! The bars that all panels of a figure share.

use std::collections::BTreeMap;

use mf_data::Table;

use crate::canvas::{Rect, Sheet};
use crate::color_bar::ColorBar;
use crate::colors;
use crate::contour_bands::{self, BandBar};
use crate::error::PlotError;
use crate::font::Fonts;
use crate::spec::Figure;

/// A colour bar and a bar of bands, right of all panels.
pub(crate) struct SharedBars {
    pub(crate) colors: Option<ColorBar>,
    pub(crate) bands: Option<BandBar>,
}

impl SharedBars {
    /// The bars that parts of a figure share.
    pub(crate) fn new(
        figure: &Figure,
        tables: &BTreeMap<String, Table>,
        fonts: &Fonts,
    ) -> Result<Self, PlotError> {
        Ok(SharedBars {
            colors: colors::shared_bar(figure, tables, fonts)?,
            bands: contour_bands::shared_bar(figure, tables, fonts)?,
        })
    }

    /// The room that they need right of frames on a page of this height.
    pub(crate) fn width(&self, fonts: &Fonts, height: f64) -> Result<f64, PlotError> {
        let colors = self.colors.as_ref().map(|bar| bar.width(fonts, height));
        let bands = self.bands.as_ref().map_or(0.0, BandBar::width);
        Ok(colors.transpose()?.unwrap_or(0.0) + bands)
    }

    /// Draws them beside all panels.
    pub(crate) fn draw(&self, panels: &Rect, sheet: &mut Sheet<'_>) -> Result<(), PlotError> {
        let mut right = panels.right;
        if let Some(bar) = &self.colors {
            bar.draw(panels, sheet)?;
            right += bar.width(sheet.fonts(), panels.height())?;
        }
        if let Some(bar) = &self.bands {
            bar.draw(&Rect { right, ..*panels }, sheet);
        }
        Ok(())
    }
}
