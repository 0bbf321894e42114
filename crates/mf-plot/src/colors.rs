//! From numbers to colours.

use std::collections::BTreeMap;

use mf_data::Table;
use plotters_backend::BackendColor;

use crate::axis::AxisRange;
use crate::check::{check_colors, setting};
use crate::color_bar::ColorBar;
use crate::data::Source;
use crate::error::PlotError;
use crate::font::Fonts;
use crate::share;
use crate::spec::{BarPlace, ColorMap, Colors, Figure, Filter, Panel, Scale};
use crate::theme;

/// A colour map between two values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ColorScale {
    pub(crate) map: ColorMap,
    pub(crate) range: AxisRange,
}

impl ColorScale {
    /// The scale that a specification describes for these values; NaN is passed over.
    pub(crate) fn new(colors: &Colors, values: impl Iterator<Item = f64>) -> Self {
        let scale = Scale::Linear;
        let largest = |values: &mut dyn Iterator<Item = f64>| {
            values.fold(0.0, |most: f64, value| most.max(value.abs()))
        };
        let mut finite = values.filter(|value| value.is_finite());
        let range = match (colors.range, colors.map) {
            (Some([low, high]), _) => AxisRange { scale, low, high },
            (None, ColorMap::Diverging) => {
                let most = largest(&mut finite);
                let high = if most > 0.0 { most } else { 1.0 };
                AxisRange {
                    scale,
                    low: -high,
                    high,
                }
            }
            (None, ColorMap::Sequential | ColorMap::Cyclic) => AxisRange::spanning(scale, finite),
        };
        ColorScale {
            map: colors.map,
            range,
        }
    }

    /// Where on the map a value's colour lies, from 0 to 1; none for NaN.
    pub(crate) fn fraction(&self, value: f64) -> Option<f64> {
        let fraction = self.range.fraction(value);
        match self.map {
            _ if fraction.is_nan() => None,
            ColorMap::Cyclic => Some(fraction.rem_euclid(1.0)),
            ColorMap::Sequential | ColorMap::Diverging => Some(fraction.clamp(0.0, 1.0)),
        }
    }

    /// A value's colour; grey for NaN.
    pub(crate) fn color(&self, value: f64) -> BackendColor {
        self.fraction(value)
            .map_or(theme::MISSING, |fraction| theme::mapped(self.map, fraction))
    }
}

/// Numbers of a table that are shown as colours.
struct Colored<'a> {
    part: String,
    colors: &'a Colors,
    table: &'a str,
    column: &'a str,
    filter: &'a BTreeMap<String, Filter>,
}

fn colored(figure: &Figure) -> Vec<Colored<'_>> {
    let mut all = Vec::new();
    for (index, panel) in figure.panels.iter().enumerate() {
        let part = share::part(index);
        let series = match panel {
            Panel::HeatMap(panel) => {
                all.push(Colored {
                    part,
                    colors: &panel.colors,
                    table: &panel.cells.table,
                    column: &panel.cells.value,
                    filter: &panel.cells.filter,
                });
                continue;
            }
            Panel::Xy(panel) => &panel.series,
            Panel::ContourBands(panel) => &panel.series,
        };
        for (place, series) in series.iter().enumerate() {
            if let (Some(column), Some(colors)) = (&series.color_by, &series.colors) {
                all.push(Colored {
                    part: format!("{part}, series {}", place + 1),
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

/// The colour bar of the whole figure, if parts of it share one.
pub(crate) fn shared_bar(
    figure: &Figure,
    tables: &BTreeMap<String, Table>,
    fonts: &Fonts,
) -> Result<Option<ColorBar>, PlotError> {
    let all = colored(figure);
    let Some(first) = all.first() else {
        return Ok(None);
    };
    check_colors(first.colors, &first.part)?;
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
                    "it shares the colour bar of {}, but its colours mean something else",
                    first.part
                ),
                "give `colors = { bar = \"shared\" }` alone, or the same `colors`",
            );
        }
        let source = Source::find(colored.table, &colored.part, tables)?;
        let column = source.numbers(colored.column, "what colours show")?;
        let rows = source.rows(colored.filter)?;
        values.extend(rows.iter().filter_map(|row| column.get(*row)));
    }
    let scale = ColorScale::new(first.colors, values.into_iter());
    ColorBar::for_colors(first.colors, scale, fonts).map(Some)
}
