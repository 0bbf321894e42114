//! What a figure says at its points: for a pointer over it, and for whoever can't see it.

use serde::Serialize;

use crate::canvas::plane::Plane;

/// A place on a figure and what is shown there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// From the left edge, as a share of the width.
    pub across: f64,
    /// From the top edge, as a share of the height.
    pub down: f64,
    /// The values, with their names.
    pub text: String,
}

/// Most readings of a curve, and of a side of a map: what lies between is left out.
const MOST_OF_CURVE: usize = 200;
const MOST_OF_SIDE: usize = 25;

/// Every so many of `count` are kept.
fn stride(count: usize, most: usize) -> usize {
    count.div_ceil(most).max(1)
}

/// Collects what the charts of a page say at their points.
pub(crate) struct Reader {
    /// Width and height of the page in points.
    size: (f64, f64),
    /// The names of x and y in the panel that is read, if they have any: those that it shares with others, too.
    pub(crate) axis_names: [Option<String>; 2],
    pub(crate) readings: Vec<Reading>,
}

impl Reader {
    /// A reader of a page of this size in points.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Reader {
            size: (width, height),
            axis_names: [None, None],
            readings: Vec::new(),
        }
    }

    /// Says what the points of a curve say: x, y, what comes before them, and what after.
    pub(crate) fn read_curve(&mut self, plane: &Plane<'_>, points: &[(f64, f64, String, String)]) {
        for (x, y, before, after) in points.iter().step_by(stride(points.len(), MOST_OF_CURVE)) {
            let text = format!("{before}{}{after}", self.place(*x, *y));
            self.read(plane, (*x, *y), text);
        }
    }

    /// Says what a grid says: values row by row, the first y first, the first x first, and a remark on each.
    pub(crate) fn read_grid<'r>(
        &mut self,
        plane: &Plane<'_>,
        (x, y): (&[f64], &[f64]),
        shows: Option<&str>,
        values: impl Iterator<Item = (f64, &'r str)>,
    ) {
        let (across, down) = (stride(x.len(), MOST_OF_SIDE), stride(y.len(), MOST_OF_SIDE));
        let nodes = y.iter().enumerate().flat_map(|(row, y)| {
            let kept =
                move |column: usize| column.is_multiple_of(across) && row.is_multiple_of(down);
            x.iter()
                .enumerate()
                .map(move |(column, x)| (*x, *y, kept(column)))
        });
        for ((x, y, kept), (value, remark)) in nodes.zip(values) {
            if kept && plane.holds(x, y) {
                let shown = named(shows, "value", value);
                let text = format!("{}: {shown}{remark}", self.place(x, y));
                self.read(plane, (x, y), text);
            }
        }
    }

    /// Where a point lies, by the names of the axes.
    fn place(&self, x: f64, y: f64) -> String {
        let [x_name, y_name] = &self.axis_names;
        let x = named(x_name.as_deref(), "x", x);
        format!("{x}, {}", named(y_name.as_deref(), "y", y))
    }

    /// Adds a reading; its share of the page has five digits.
    fn read(&mut self, plane: &Plane<'_>, (x, y): (f64, f64), text: String) {
        const DIGITS: f64 = 1e5;
        let (width, height) = self.size;
        let share = |place: f64, side: f64| (DIGITS * place / side).round() / DIGITS;
        let (across, down) = plane.spot(x, y);
        self.readings.push(Reading {
            across: share(across, width),
            down: share(down, height),
            text,
        });
    }
}

/// `name = value`, with the axis' own name if it has one.
fn named(label: Option<&str>, axis: &str, value: f64) -> String {
    format!("{} = {}", label.unwrap_or(axis), number(value))
}

/// Six digits, without zeros at the end.
pub(crate) fn number(value: f64) -> String {
    const DIGITS: i32 = 6;
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let exponent = libm::floor(libm::log10(value.abs())) as i32;
    if !(-4..DIGITS + 2).contains(&exponent) {
        let text = format!("{value:.5e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    let decimals = usize::try_from(DIGITS - 1 - exponent).unwrap_or(0);
    trimmed(&format!("{value:.decimals$}")).to_owned()
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (-0.012_889_385_9, "-0.0128894"),
            (1430.628, "1430.63"),
            (1_000_000_000.0, "1e9"),
            (7.2e-18, "7.2e-18"),
            (123_456.7, "123457"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), text);
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
