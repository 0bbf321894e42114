//! The values that a figure shows: for a pointer over it, and for readers who can't see it.

use serde::Serialize;

use crate::axis::AxisRange;
use crate::canvas::plane::Plane;
use crate::spec::Scale;

/// The values of a figure, panel by panel. Long curves and large grids are thinned out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Readings {
    /// The panels, in their order.
    pub panels: Vec<PanelReadings>,
}

/// The values of one panel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PanelReadings {
    /// Its title without markup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its axis of x.
    pub x: AxisReading,
    /// Its axis of y.
    pub y: AxisReading,
    /// The cells of a heat map, the nodes of contour bands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridReadings>,
    /// The curves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<CurveReadings>,
}

/// An axis: its name, and where a value is on the figure.
///
/// A value `v` is at `at[0] + f (at[1] - at[0])`, where `f = (v - ends[0]) / (ends[1] - ends[0])`, or the same with the
/// logarithms of all three if `log` is true.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AxisReading {
    /// The name of the quantity with its unit, without markup; `x` or `y` if it has none.
    pub name: String,
    /// Whether the axis is logarithmic.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub log: bool,
    /// The values at the two ends of the axis.
    pub ends: [f64; 2],
    /// Where the two ends are: shares of the figure's width from the left for x, of its height from the top for y.
    pub at: [f64; 2],
}

/// The points of a curve: columns of one length.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CurveReadings {
    /// The name of the curve without markup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// x of each point, six digits.
    pub x: Vec<f64>,
    /// y of each point, six digits.
    pub y: Vec<f64>,
    /// Half the length of each error bar, `null` where there is none; left out if no point has one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Option<f64>>,
    /// The name of each point; left out if no point has one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// The values of a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridReadings {
    /// What the values are, without markup.
    pub name: String,
    /// x of the columns.
    pub x: Vec<f64>,
    /// y of the rows.
    pub y: Vec<f64>,
    /// The values row by row, four digits; `null` where there is none.
    pub values: Vec<Option<f64>>,
    /// The places of values that have diverged, counted from 0 in `values`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diverged: Vec<usize>,
}

/// Most readings of a curve, and of a side of a grid.
const MOST_OF_CURVE: usize = 200;
const MOST_OF_SIDE: usize = 25;

/// Digits of the values of curves and of the axes of grids.
const DIGITS: i32 = 6;
/// Digits of the values of grids: more than a colour shows.
const GRID_DIGITS: i32 = 4;
/// Digits after the point of places: less than a pixel.
const PLACE_DIGITS: f64 = 1e4;

/// The step between kept values, so that at most `most` of `count` are kept.
fn stride(count: usize, most: usize) -> usize {
    count.div_ceil(most).max(1)
}

/// What a panel has in common with others.
#[derive(Clone, Debug, Default)]
pub(crate) struct PanelNames {
    /// Its title, or that of its column.
    pub(crate) title: Option<String>,
    /// The names of x and y: its own, or those of its column and row.
    pub(crate) axes: [Option<String>; 2],
}

/// Collects the values that the charts of a page show.
pub(crate) struct Reader {
    /// Width and height of the page in points.
    size: (f64, f64),
    readings: Readings,
}

impl Reader {
    /// A reader of a page of this size in points.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Reader {
            size: (width, height),
            readings: Readings::default(),
        }
    }

    /// Begins a panel; `plane` has its axes.
    pub(crate) fn begin(&mut self, names: PanelNames, plane: &Plane<'_>) {
        let frame = plane.frame;
        let [x_name, y_name] = names.axes;
        let axis =
            |name: Option<String>, otherwise: &str, axis: &AxisRange, at: [f64; 2], side: f64| {
                let share = |place: f64| (PLACE_DIGITS * place / side).round() / PLACE_DIGITS;
                let [from, to] = if axis.reversed { [at[1], at[0]] } else { at };
                AxisReading {
                    name: name.unwrap_or_else(|| otherwise.to_owned()),
                    log: axis.scale == Scale::Log,
                    ends: [axis.low, axis.high].map(|end| rounded(end, DIGITS)),
                    at: [share(from), share(to)],
                }
            };
        let (width, height) = self.size;
        self.readings.panels.push(PanelReadings {
            title: names.title,
            x: axis(x_name, "x", plane.x(), [frame.left, frame.right], width),
            y: axis(y_name, "y", plane.y(), [frame.bottom, frame.top], height),
            grid: None,
            curves: Vec::new(),
        });
    }

    /// Adds the points of a curve to the last panel: x, y, half the error bar, the point's name.
    pub(crate) fn read_curve(
        &mut self,
        name: Option<&str>,
        points: &[(f64, f64, Option<f64>, Option<&str>)],
    ) {
        let kept = || points.iter().step_by(stride(points.len(), MOST_OF_CURVE));
        let Some(panel) = self
            .readings
            .panels
            .last_mut()
            .filter(|_| !points.is_empty())
        else {
            return;
        };
        let mut curve = CurveReadings {
            name: name.map(str::to_owned),
            x: kept().map(|point| rounded(point.0, DIGITS)).collect(),
            y: kept().map(|point| rounded(point.1, DIGITS)).collect(),
            ..CurveReadings::default()
        };
        if kept().any(|point| point.2.is_some()) {
            let error = |error: Option<f64>| error.map(|error| rounded(error, DIGITS));
            curve.errors = kept().map(|point| error(point.2)).collect();
        }
        if kept().any(|point| point.3.is_some()) {
            let name = |name: Option<&str>| name.unwrap_or_default().to_owned();
            curve.names = kept().map(|point| name(point.3)).collect();
        }
        panel.curves.push(curve);
    }

    /// Sets the grid of the last panel: x of its columns, y of its rows, its values row by row, each with whether it has
    /// diverged. Rows and columns outside the frame are left out.
    pub(crate) fn read_grid(
        &mut self,
        plane: &Plane<'_>,
        (x, y): (&[f64], &[f64]),
        name: Option<&str>,
        values: impl Iterator<Item = (f64, bool)>,
    ) {
        let kept = |side: &[f64], axis: &AxisRange| {
            let step = stride(side.len(), MOST_OF_SIDE);
            let on_frame =
                |(index, value): (usize, &f64)| index.is_multiple_of(step) && axis.holds(*value);
            side.iter().enumerate().map(on_frame).collect::<Vec<_>>()
        };
        let (columns, rows) = (kept(x, plane.x()), kept(y, plane.y()));
        let shown = |side: &[f64], kept: &[bool]| {
            let pairs = side.iter().zip(kept).filter(|(_, kept)| **kept);
            pairs.map(|(value, _)| rounded(*value, DIGITS)).collect()
        };
        let places = rows
            .iter()
            .flat_map(|row| columns.iter().map(move |column| *row && *column));
        let values: Vec<(f64, bool)> = values
            .zip(places)
            .filter_map(|(value, kept)| kept.then_some(value))
            .collect();
        let diverged = values
            .iter()
            .enumerate()
            .filter(|(_, (_, diverged))| *diverged);
        let finite = |value: f64| value.is_finite().then(|| rounded(value, GRID_DIGITS));
        let grid = GridReadings {
            name: name.unwrap_or("value").to_owned(),
            x: shown(x, &columns),
            y: shown(y, &rows),
            diverged: diverged.map(|(place, _)| place).collect(),
            values: values.iter().map(|(value, _)| finite(*value)).collect(),
        };
        if let Some(panel) = self.readings.panels.last_mut() {
            panel.grid = Some(grid);
        }
    }

    /// All that was read.
    pub(crate) fn into_readings(self) -> Readings {
        self.readings
    }
}

/// A value rounded to this number of significant digits.
fn rounded(value: f64, digits: i32) -> f64 {
    let decimals = usize::try_from(digits - 1).unwrap_or(0);
    let text = format!("{value:.decimals$e}");
    text.parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_their_digits() {
        for (value, digits, text) in [
            (0.0, 6, "0"),
            (1.0, 6, "1"),
            (-0.012_889_385_9, 6, "-0.0128894"),
            (-0.012_889_385_9, 4, "-0.01289"),
            (1430.628, 6, "1430.63"),
            (7.2e-18, 6, "0.0000000000000000072"),
            (123_456.7, 6, "123457"),
            (f64::NAN, 6, "NaN"),
            (f64::INFINITY, 6, "inf"),
        ] {
            assert_eq!(rounded(value, digits).to_string(), text);
        }
    }

    #[test]
    fn as_many_are_kept_as_fit() {
        assert_eq!(stride(1, 200), 1);
        assert_eq!(stride(200, 200), 1);
        assert_eq!(stride(201, 200), 2);
        assert_eq!(stride(0, 200), 1);
    }
}
