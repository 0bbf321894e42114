//! Axes that panels of a figure share, and shared bars right of all panels.

use std::collections::BTreeMap;

use mf_data::Table;

use crate::canvas::plane::Page;
use crate::charts::Chart;
use crate::charts::contour_bands::surface::Nodes;
use crate::colors::ColorScale;
use crate::error::PlotError;
use crate::geometry::Rect;
use crate::parts::around::Around;
use crate::parts::bars::bands::BandBar;
use crate::parts::bars::colors::ColorBar;
use crate::spec::check::{self as part, setting};
use crate::spec::{Axis, BarPlace, Colors, ContourBands, Figure, Filter, Panel, Scale};
use crate::table::Source;

/// The panels with the labels of a panel's x and y axes: the panel itself or, if axes are shared, the lowest panel of
/// its column and the first of its row.
fn owners(figure: &Figure, columns: usize, index: usize) -> [usize; 2] {
    if !figure.share {
        return [index, index];
    }
    let column = index % columns;
    let below = figure.panels.len().saturating_sub(index + 1) / columns;
    [index + below * columns, index - column]
}

/// The context of panel `index` in a figure with this number of columns (at least one).
pub(crate) fn around<'a>(
    figure: &'a Figure,
    columns: usize,
    index: usize,
    tables: &'a BTreeMap<String, Table>,
    bars: &'a SharedBars,
) -> Option<Around<'a>> {
    let axes = |index: usize| figure.panels.get(index).map(|panel| panel.axes());
    let [x_owner, y_owner] = owners(figure, columns, index);
    let [x, y] = axes(index)?;
    let left_out = Axis::default();
    Some(Around {
        part: part::panel(index),
        tables,
        x: if *x == left_out { axes(x_owner)?[0] } else { x },
        y: if *y == left_out { axes(y_owner)?[1] } else { y },
        shows_x: x_owner == index,
        shows_y: y_owner == index,
        color_bar: bars.colors.as_ref(),
        band_bar: bars.bands.as_ref(),
    })
}

/// Checks that panels with shared labels have the same axes, in frames of this size.
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
                    part: format!("{}, {name} axis", part::panel(index)),
                    problem: format!(
                        "it shares the labels of {}, but {problem}",
                        part::panel(owners[which])
                    ),
                    remedy: "give both the same `range` and label, or remove `share`".to_owned(),
                });
            }
        }
    }
    Ok(())
}

/// A colour bar and a bar of bands, right of all panels.
pub(crate) struct SharedBars {
    colors: Option<ColorBar>,
    bands: Option<BandBar>,
}

impl SharedBars {
    /// The shared bars of a figure.
    pub(crate) fn new(
        figure: &Figure,
        tables: &BTreeMap<String, Table>,
    ) -> Result<Self, PlotError> {
        Ok(SharedBars {
            colors: color_bar(figure, tables)?,
            bands: band_bar(figure, tables)?,
        })
    }

    /// Their width right of frames of this height.
    pub(crate) fn width(&self, height: f64) -> Result<f64, PlotError> {
        let colors = self.colors.as_ref().map(|bar| bar.width(height));
        let bands = self.bands.as_ref().map_or(0.0, BandBar::width);
        Ok(colors.transpose()?.unwrap_or(0.0) + bands)
    }

    /// Draws them beside all panels.
    pub(crate) fn draw(&self, panels: &Rect, page: &Page<'_>) -> Result<(), PlotError> {
        let mut right = panels.right;
        if let Some(bar) = &self.colors {
            bar.draw(panels, page)?;
            right += bar.width(panels.height())?;
        }
        if let Some(bar) = &self.bands {
            bar.draw(&Rect { right, ..*panels }, page)?;
        }
        Ok(())
    }
}

/// A column of numbers that are shown as colours.
struct Colored<'a> {
    part: String,
    colors: &'a Colors,
    table: &'a str,
    column: &'a str,
    filter: &'a BTreeMap<String, Filter>,
}

/// All panels and series that share the colour bar.
fn colored(figure: &Figure) -> Vec<Colored<'_>> {
    let mut all = Vec::new();
    for (index, panel) in figure.panels.iter().enumerate() {
        let part = part::panel(index);
        if let Panel::HeatMap(panel) = panel {
            all.push(Colored {
                part: part.clone(),
                colors: &panel.colors,
                table: &panel.cells.table,
                column: &panel.cells.value,
                filter: &panel.cells.filter,
            });
        }
        for (place, series) in panel.series().iter().enumerate() {
            if let (Some(column), Some(colors)) = (&series.color_by, &series.colors) {
                all.push(Colored {
                    part: part::series(&part, place),
                    colors,
                    table: &series.table,
                    column,
                    filter: &series.filter,
                });
            }
        }
    }
    all.retain(|colored| colored.colors.bar == BarPlace::Shared);
    all
}

/// The colour bar of the whole figure, if there is a shared one.
fn color_bar(
    figure: &Figure,
    tables: &BTreeMap<String, Table>,
) -> Result<Option<ColorBar>, PlotError> {
    let all = colored(figure);
    let Some(first) = all.first() else {
        return Ok(None);
    };
    let nothing_else = Colors {
        bar: BarPlace::Shared,
        ..Colors::default()
    };
    let mut values = Vec::new();
    for colored in &all {
        if *colored.colors != *first.colors && *colored.colors != nothing_else {
            return setting(
                &colored.part,
                format!(
                    "it shares the colour bar of {}, but has other `colors`",
                    first.part
                ),
                "give only `colors = { bar = \"shared\" }`, or the same `colors`",
            );
        }
        let source = Source::find(colored.table, &colored.part, tables)?;
        let column = source.numbers(colored.column, "the column of the colours")?;
        let rows = source.rows(colored.filter)?;
        values.extend(rows.iter().filter_map(|row| column.get(*row)));
    }
    let scale = ColorScale::new(first.colors, values.into_iter());
    ColorBar::new(first.colors, scale).map(Some)
}

/// The bar of bands of the whole figure, if there is a shared one.
fn band_bar(
    figure: &Figure,
    tables: &BTreeMap<String, Table>,
) -> Result<Option<BandBar>, PlotError> {
    let nothing_else = ContourBands {
        bar: BarPlace::Shared,
        ..ContourBands::default()
    };
    let mut first: Option<(&ContourBands, String)> = None;
    let (mut has_diverged, mut has_gaps) = (false, false);
    for (index, panel) in figure.panels.iter().enumerate() {
        let Panel::ContourBands(panel) = panel else {
            continue;
        };
        if panel.bands.bar != BarPlace::Shared {
            continue;
        }
        let part = part::panel(index);
        // The scales of the axes are checked with each panel.
        let nodes = Nodes::read(&panel.surface, &part, tables, [Scale::Linear; 2])?;
        has_diverged |= nodes.has_diverged();
        has_gaps |= nodes.has_gaps();
        match &first {
            None => first = Some((&panel.bands, part)),
            Some((bands, named)) if panel.bands != **bands && panel.bands != nothing_else => {
                return setting(
                    &part,
                    format!("it shares the bar of {named}, but has other `bands`"),
                    "give only `bands = { bar = \"shared\" }`, or the same `bands`",
                );
            }
            Some(_) => {}
        }
    }
    first
        .map(|(bands, part)| BandBar::new(bands, &part, has_diverged, has_gaps))
        .transpose()
}
