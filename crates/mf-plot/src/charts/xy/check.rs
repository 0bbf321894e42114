//! Checks of the settings of a panel, before anything is drawn.

use crate::error::PlotError;
use crate::spec::check::{check_colors, check_lines, setting};
use crate::spec::{Axis, AxisName, GroupColors, Mark, Scale, Series, XyPanel};
use crate::theme;

/// Checks a panel with these axes: its own, or the shared ones.
pub(crate) fn check_panel(
    panel: &XyPanel,
    [x, y]: [&Axis; 2],
    part: &str,
) -> Result<(), PlotError> {
    if panel.series.is_empty() {
        return setting(
            part,
            "it has no series".to_owned(),
            "give at least one, for instance with [[figure.panels.series]]",
        );
    }
    let log_at = |axis: AxisName| match axis {
        AxisName::X => x.scale == Scale::Log,
        AxisName::Y => y.scale == Scale::Log,
    };
    if panel.equal && (log_at(AxisName::X) || log_at(AxisName::Y)) {
        return setting(
            part,
            "`equal` is not possible with a logarithmic axis".to_owned(),
            "leave out `equal`, or make both axes linear",
        );
    }
    for band in &panel.bands {
        let ordered = band.from < band.to && band.from.is_finite() && band.to.is_finite();
        if !ordered || log_at(band.axis) && band.from <= 0.0 {
            return setting(
                part,
                format!("a band from {} to {} cannot be shown", band.from, band.to),
                "give `from` below `to`, above 0 on a logarithmic axis",
            );
        }
    }
    check_lines(&panel.lines, x, y, part)
}

/// Checks a series.
pub(crate) fn check_series(series: &Series, part: &str) -> Result<(), PlotError> {
    if series.color_by.is_some() && (series.group.is_some() || series.color.is_some()) {
        return setting(
            part,
            "`color-by` is given together with `group` or `color`".to_owned(),
            "give only one of them",
        );
    }
    if series.colors.is_some() && series.color_by.is_none() {
        return setting(
            part,
            "`colors` is given without `color-by`".to_owned(),
            "give the column that the colours show: `color-by = \"...\"`",
        );
    }
    if let Some(colors) = &series.colors {
        check_colors(colors, part)?;
    }
    if series.low.is_some() != series.high.is_some() {
        return setting(
            part,
            "a range needs both `low` and `high`, but one is missing".to_owned(),
            "give the columns of both ends",
        );
    }
    if series.color_by.is_some() && (series.low.is_some() || series.error.is_some()) {
        return setting(
            part,
            "a range or an error is given together with `color-by`".to_owned(),
            "remove one of them",
        );
    }
    if series.color_by.is_some() && series.mark != Mark::Points {
        return setting(
            part,
            "`color-by` is for points, but `mark` includes a line".to_owned(),
            "remove `mark`, or draw the line as another series",
        );
    }
    let palette = series.group_colors == GroupColors::Palette;
    if palette && series.group.is_none() {
        return setting(
            part,
            "`group-colors` is \"palette\" without `group`".to_owned(),
            "give the column of `group`",
        );
    }
    if series.group.is_some() && (series.label.is_some() || series.color.is_some()) {
        return setting(
            part,
            "`label` or `color` is given together with `group`, which gives each curve a name and a colour".to_owned(),
            "remove it; `group-name` sets the names of the curves",
        );
    }
    if series.group.is_none() && series.group_name != "{}" {
        return setting(
            part,
            "`group-name` is given without `group`".to_owned(),
            "give the column of `group`, or give `label`",
        );
    }
    if let Some(color) = series.color.filter(|color| *color >= theme::COLORS) {
        return setting(
            part,
            format!("there is no colour {color}"),
            &format!("give `color` from 0 to {}", theme::COLORS - 1),
        );
    }
    if let Some(size) = series
        .marker_size
        .filter(|size| !(0.05..=50.0).contains(size))
    {
        return setting(
            part,
            format!("`marker-size` is {size}"),
            "give a size in points from 0.05 to 50",
        );
    }
    Ok(())
}
