//! What a figure says at its points: for a pointer over it, and for whoever can't see it.

use serde::Serialize;

use crate::canvas::Sheet;
use crate::plane::Plane;

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
pub(crate) const MOST_OF_CURVE: usize = 200;
pub(crate) const MOST_OF_SIDE: usize = 25;

/// Every so many of `count` are kept.
pub(crate) fn stride(count: usize, most: usize) -> usize {
    count.div_ceil(most).max(1)
}

impl Reading {
    /// A reading at a place of the plane, whose share of the page has five digits.
    pub(crate) fn at(plane: &Plane, sheet: &Sheet<'_>, (x, y): (f64, f64), text: String) -> Self {
        const DIGITS: f64 = 1e5;
        let (width, height) = sheet.size();
        let share = |place: f64, side: f64| (DIGITS * place / side).round() / DIGITS;
        let (across, down) = plane.spot(x, y);
        Self {
            across: share(across, width),
            down: share(down, height),
            text,
        }
    }
}

/// `name = value`, with the axis' own name if it has one.
pub(crate) fn named(label: Option<&str>, axis: &str, value: f64) -> String {
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
