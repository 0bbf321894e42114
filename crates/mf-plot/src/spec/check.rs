//! Checks of settings in all kinds of panels, before anything is drawn.

use crate::error::PlotError;
use crate::spec::{Axis, AxisName, ColorMap, Colors, ReferenceLine, Scale};

/// The error for an invalid setting.
pub(crate) fn setting<T>(part: &str, problem: String, remedy: &str) -> Result<T, PlotError> {
    Err(PlotError::Setting {
        part: part.to_owned(),
        problem,
        remedy: remedy.to_owned(),
    })
}

/// The name of a panel in errors, from its index.
pub(crate) fn panel(index: usize) -> String {
    format!("panel {}", index + 1)
}

/// The name of a series in errors, from the name of its panel and its index.
pub(crate) fn series(panel: &str, index: usize) -> String {
    format!("{panel}, series {}", index + 1)
}

/// Checks the ends and the ticks of both axes.
pub(crate) fn check_axes(x: &Axis, y: &Axis, part: &str) -> Result<(), PlotError> {
    for (name, axis) in [("x", x), ("y", y)] {
        let log = axis.scale == Scale::Log;
        if let Some([low, high]) = axis.range {
            check_range([low, high], name, part)?;
            if log && low <= 0.0 {
                return setting(
                    part,
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
                part,
                format!("{name} cannot have a tick at {tick}"),
                "give finite values, above 0 on a logarithmic axis",
            );
        }
        check_tick_labels(
            axis.ticks.as_deref(),
            axis.tick_labels.as_deref(),
            name,
            part,
        )?;
    }
    Ok(())
}

/// Checks that the axes can show all reference lines.
pub(crate) fn check_lines(
    lines: &[ReferenceLine],
    x: &Axis,
    y: &Axis,
    part: &str,
) -> Result<(), PlotError> {
    for line in lines {
        let axis = match line.axis {
            AxisName::X => x,
            AxisName::Y => y,
        };
        if !line.at.is_finite() || axis.scale == Scale::Log && line.at <= 0.0 {
            return setting(
                part,
                format!("a line at {} cannot be shown", line.at),
                "give a finite value, above 0 on a logarithmic axis",
            );
        }
    }
    Ok(())
}

/// Checks that the range of colours fits their map, and checks the ticks of the bar.
pub(crate) fn check_colors(colors: &Colors, part: &str) -> Result<(), PlotError> {
    match (colors.map, colors.range) {
        (ColorMap::Cyclic, None) => {
            return setting(
                part,
                "a cyclic colour map needs its range".to_owned(),
                "give one full turn in `colors`, for instance `range = [-3.141592653589793, 3.141592653589793]`",
            );
        }
        (ColorMap::Diverging, Some([low, high])) if low != -high => {
            return setting(
                part,
                format!(
                    "the range [{low}, {high}] of the diverging colours is not symmetric around 0"
                ),
                "give `range = [-a, a]`, or set `map = \"sequential\"`",
            );
        }
        _ => {}
    }
    if let Some(range) = colors.range {
        check_range(range, "the colours", part)?;
    }
    if let Some(tick) = colors.ticks.iter().flatten().find(|tick| !tick.is_finite()) {
        return setting(
            part,
            format!("the colour bar cannot have a tick at {tick}"),
            "give finite values",
        );
    }
    check_tick_labels(
        colors.ticks.as_deref(),
        colors.tick_labels.as_deref(),
        "the colour bar",
        part,
    )
}

fn check_range([low, high]: [f64; 2], name: &str, part: &str) -> Result<(), PlotError> {
    if low < high && low.is_finite() && high.is_finite() {
        return Ok(());
    }
    setting(
        part,
        format!("the range [{low}, {high}] of {name} is empty"),
        "give the lower end first",
    )
}

fn check_tick_labels(
    ticks: Option<&[f64]>,
    labels: Option<&[String]>,
    name: &str,
    part: &str,
) -> Result<(), PlotError> {
    let (ticks, labels) = (ticks.map_or(0, <[f64]>::len), labels.map(<[String]>::len));
    match labels {
        Some(labels) if labels != ticks => setting(
            part,
            format!("{name} has {labels} tick labels for {ticks} ticks"),
            "give `ticks`, and the same number of `tick-labels`",
        ),
        _ => Ok(()),
    }
}
