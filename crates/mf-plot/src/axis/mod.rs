//! An axis: its scale, its two ends, and the positions of values between them.

pub(crate) mod ticks;

use crate::spec::{Axis, Scale};

/// Margin beyond the data at both ends of an axis, as a fraction of its length.
const MARGIN: f64 = 0.04;

/// The scale of an axis and its two ends, the lower first, both positive if it is logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AxisRange {
    pub(crate) scale: Scale,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Whether it runs in the other direction: leftward or downward.
    pub(crate) reversed: bool,
}

impl AxisRange {
    /// An axis between two ends.
    pub(crate) fn new(scale: Scale, [low, high]: [f64; 2]) -> Self {
        AxisRange {
            scale,
            low,
            high,
            reversed: false,
        }
    }

    /// An axis that encloses the values with a small margin.
    pub(crate) fn enclosing(scale: Scale, values: impl Iterator<Item = f64>) -> Self {
        let on_scale = |value: f64| match scale {
            Scale::Linear => value,
            Scale::Log => libm::log10(value),
        };
        let [low, high] = ends(values.map(on_scale));
        // A single value is in the middle of an axis of nonzero length.
        let margin = if high > low {
            MARGIN * (high - low)
        } else {
            0.5 * if low == 0.0 { 1.0 } else { low.abs() }
        };
        let (low, high) = (low - margin, high + margin);
        let ends = match scale {
            Scale::Linear => [low, high],
            Scale::Log => [
                libm::exp10(low).max(f64::MIN_POSITIVE),
                libm::exp10(high).min(f64::MAX),
            ],
        };
        AxisRange::new(scale, ends)
    }

    /// An axis from the least to the greatest value; a single value is in the middle.
    pub(crate) fn spanning(scale: Scale, values: impl Iterator<Item = f64>) -> Self {
        let [low, high] = ends(values);
        if high > low {
            AxisRange::new(scale, [low, high])
        } else {
            let only = if low.is_finite() { low } else { 1.0 };
            AxisRange::enclosing(scale, [only].into_iter())
        }
    }

    /// The axis of a specification; if it gives no ends, they are those of `otherwise`.
    pub(crate) fn of(spec: &Axis, otherwise: AxisRange) -> Self {
        AxisRange {
            reversed: spec.reversed,
            ..spec
                .range
                .map_or(otherwise, |ends| AxisRange::new(spec.scale, ends))
        }
    }

    /// The same linear axis with at least this length, both ends moved outward by the same amount.
    pub(crate) fn widened(&self, length: f64) -> Self {
        let more = ((length - (self.high - self.low)) / 2.0).max(0.0);
        AxisRange {
            low: self.low - more,
            high: self.high + more,
            ..*self
        }
    }

    /// The position of a value: 0 at the low end, 1 at the high end.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => libm::log(value / self.low) / libm::log(self.high / self.low),
        }
    }

    /// The position of a value on the page: 0 at the left or the bottom, 1 at the right or the top.
    pub(crate) fn along(&self, value: f64) -> f64 {
        let fraction = self.fraction(value);
        if self.reversed {
            1.0 - fraction
        } else {
            fraction
        }
    }

    /// Whether a value is between the ends, within rounding.
    pub(crate) fn holds(&self, value: f64) -> bool {
        const SLACK: f64 = 1e-9;
        (-SLACK..=1.0 + SLACK).contains(&self.fraction(value))
    }

    /// The same value, or the low end for a value that a logarithmic axis cannot show.
    pub(crate) fn shown(&self, value: f64) -> f64 {
        if self.scale == Scale::Log {
            value.max(self.low)
        } else {
            value
        }
    }
}

/// The least and the greatest value.
fn ends(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    })
}
