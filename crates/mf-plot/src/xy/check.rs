//! Settings of a panel that make no sense, found before anything is drawn.

use crate::error::PlotError;
use crate::spec::{AxisName, Scale, Series, XyPanel};
use crate::theme;

pub(super) fn check_panel(panel: &XyPanel, part: &str) -> Result<(), PlotError> {
    let setting = |problem: String, remedy: &str| {
        Err(PlotError::Setting {
            part: part.to_owned(),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    if panel.series.is_empty() {
        return setting(
            "it has no series".to_owned(),
            "give at least one [[panels.series]]",
        );
    }
    for (name, axis) in [("x", &panel.x), ("y", &panel.y)] {
        let log = axis.scale == Scale::Log;
        if let Some([low, high]) = axis.range {
            if !(low < high && low.is_finite() && high.is_finite()) {
                return setting(
                    format!("the range [{low}, {high}] of {name} is empty"),
                    "give the lower end first",
                );
            }
            if log && low <= 0.0 {
                return setting(
                    format!("the range of {name} begins at {low}, but the axis is logarithmic"),
                    "begin above 0, or set `scale = \"linear\"`",
                );
            }
        }
        let bad_tick = axis
            .ticks
            .iter()
            .flatten()
            .find(|tick| !tick.is_finite() || log && **tick <= 0.0);
        if let Some(tick) = bad_tick {
            return setting(
                format!("{name} can't have a tick at {tick}"),
                "list values that the axis can show",
            );
        }
    }
    let log_at = |axis: AxisName| match axis {
        AxisName::X => panel.x.scale == Scale::Log,
        AxisName::Y => panel.y.scale == Scale::Log,
    };
    for band in &panel.bands {
        let ordered = band.from < band.to && band.from.is_finite() && band.to.is_finite();
        if !ordered || log_at(band.axis) && band.from <= 0.0 {
            return setting(
                format!("a band from {} to {} can't be shown", band.from, band.to),
                "give `from` below `to`, above 0 on a logarithmic axis",
            );
        }
    }
    for line in &panel.lines {
        if !line.at.is_finite() || log_at(line.axis) && line.at <= 0.0 {
            return setting(
                format!("a line at {} can't be shown", line.at),
                "give a finite value, above 0 on a logarithmic axis",
            );
        }
    }
    Ok(())
}

pub(super) fn check_series(series: &Series, part: &str) -> Result<(), PlotError> {
    let setting = |problem: String, remedy: String| {
        Err(PlotError::Setting {
            part: part.to_owned(),
            problem,
            remedy,
        })
    };
    if let Some(color) = series.color.filter(|color| *color >= theme::COLORS) {
        return setting(
            format!("there is no colour {color}"),
            format!("give `color` from 0 to {}", theme::COLORS - 1),
        );
    }
    for (name, size) in [
        ("marker-size", series.marker_size),
        ("line-width", series.line_width),
    ] {
        if let Some(size) = size.filter(|size| !(0.05..=50.0).contains(size)) {
            return setting(
                format!("`{name}` is {size}"),
                "give a size in points from 0.05 to 50".to_owned(),
            );
        }
    }
    Ok(())
}
