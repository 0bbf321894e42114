//! What a panel takes from the figure around it, and from the panels that it shares axes with.

use std::collections::BTreeMap;

use mf_data::Table;

use crate::color_bar::ColorBar;
use crate::contour_bands::BandBar;
use crate::error::PlotError;
use crate::font::Fonts;
use crate::layout::Chart;
use crate::shared_bars::SharedBars;
use crate::spec::{Axis, Figure};

/// What a panel takes from the figure around it.
pub(crate) struct Around<'a> {
    /// The panel, as errors name it.
    pub(crate) part: String,
    pub(crate) tables: &'a BTreeMap<String, Table>,
    pub(crate) fonts: &'a Fonts,
    /// The panel's axes: its own, or those of the panel that shows their labels.
    pub(crate) x: &'a Axis,
    pub(crate) y: &'a Axis,
    /// Whether the panel shows their labels itself.
    pub(crate) shows_x: bool,
    pub(crate) shows_y: bool,
    /// The colour bar of the whole figure.
    pub(crate) bar: Option<&'a ColorBar>,
    /// The bar of bands of the whole figure.
    pub(crate) band_bar: Option<&'a BandBar>,
}

/// How errors name a panel.
pub(crate) fn part(index: usize) -> String {
    format!("panel {}", index + 1)
}

/// The panels that show the labels of a panel's x and y axes: itself, or where axes are shared, the lowest of its
/// column and the first of its row.
fn owners(figure: &Figure, columns: usize, index: usize) -> [usize; 2] {
    if !figure.share {
        return [index, index];
    }
    let column = index % columns;
    let below = figure.panels.len().saturating_sub(index + 1) / columns;
    [index + below * columns, index - column]
}

/// What panel `index` takes from a figure whose panels stand in so many columns (at least one).
pub(crate) fn around<'a>(
    figure: &'a Figure,
    columns: usize,
    index: usize,
    tables: &'a BTreeMap<String, Table>,
    fonts: &'a Fonts,
    bars: &'a SharedBars,
) -> Option<Around<'a>> {
    let axes = |index: usize| figure.panels.get(index).map(|panel| panel.axes());
    let [x_owner, y_owner] = owners(figure, columns, index);
    let [x, y] = axes(index)?;
    let left_out = Axis::default();
    Some(Around {
        part: part(index),
        tables,
        fonts,
        x: if *x == left_out { axes(x_owner)?[0] } else { x },
        y: if *y == left_out { axes(y_owner)?[1] } else { y },
        shows_x: x_owner == index,
        shows_y: y_owner == index,
        bar: bars.colors.as_ref(),
        band_bar: bars.bands.as_ref(),
    })
}

/// Axes that share their labels must mean the same by them, in frames of this size.
pub(crate) fn check<'a>(
    figure: &Figure,
    columns: usize,
    charts: &[Box<dyn Chart<'a> + 'a>],
    size: (f64, f64),
) -> Result<(), PlotError> {
    for (index, chart) in charts.iter().enumerate() {
        let owners = owners(figure, columns, index);
        for (which, name) in ["x", "y"].into_iter().enumerate() {
            let Some(owner) = charts.get(owners[which]).filter(|_| owners[which] != index) else {
                continue;
            };
            let [x, y] = chart.axes().differ(owner.axes(), size);
            if let Some(problem) = [x, y].into_iter().nth(which).flatten() {
                return Err(PlotError::Setting {
                    part: format!("{}, {name} axis", part(index)),
                    problem: format!(
                        "it shares the labels of {}, but {problem}",
                        part(owners[which])
                    ),
                    remedy: "give both the same `range` and label, or leave out `share`".to_owned(),
                });
            }
        }
    }
    Ok(())
}
