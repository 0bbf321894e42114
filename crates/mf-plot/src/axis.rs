//! An axis: its scale, its two ends, where a value lies between them.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use crate::spec::Scale;

/// Margin beyond the data at both ends of an axis, as a part of its length.
const MARGIN: f64 = 0.04;

/// The scale of an axis and its two ends, the lower first, both positive if it is logarithmic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AxisRange {
    pub(crate) scale: Scale,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl AxisRange {
    /// An axis that encloses the values with a small margin.
    pub(crate) fn enclosing(scale: Scale, values: impl Iterator<Item = f64>) -> Self {
        let on_scale = |value: f64| match scale {
            Scale::Linear => value,
            Scale::Log => libm::log10(value),
        };
        let (low, high) = values
            .map(on_scale)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        // One value alone stands in the middle of an axis of some length.
        let margin = if high > low {
            MARGIN * (high - low)
        } else {
            0.5 * if low == 0.0 { 1.0 } else { low.abs() }
        };
        let (low, high) = (low - margin, high + margin);
        match scale {
            Scale::Linear => AxisRange { scale, low, high },
            Scale::Log => AxisRange {
                scale,
                low: libm::exp10(low).max(f64::MIN_POSITIVE),
                high: libm::exp10(high).min(f64::MAX),
            },
        }
    }

    /// An axis from the least to the greatest value; one value alone stands in the middle.
    pub(crate) fn spanning(scale: Scale, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if high > low {
            AxisRange { scale, low, high }
        } else if low.is_finite() {
            AxisRange::enclosing(scale, [low].into_iter())
        } else {
            AxisRange::enclosing(scale, [1.0].into_iter())
        }
    }

    /// The same linear axis of at least this length, its ends moved outward alike.
    pub(crate) fn widened(&self, length: f64) -> Self {
        let more = ((length - (self.high - self.low)) / 2.0).max(0.0);
        AxisRange {
            low: self.low - more,
            high: self.high + more,
            ..*self
        }
    }

    /// Where a value lies: 0 at the low end, 1 at the high end.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => libm::log(value / self.low) / libm::log(self.high / self.low),
        }
    }

    /// Whether a value lies between the ends, give or take rounding.
    pub(crate) fn holds(&self, value: f64) -> bool {
        const SLACK: f64 = 1e-9;
        (-SLACK..=1.0 + SLACK).contains(&self.fraction(value))
    }
}

/// The plotters library draws on these axes.
impl Ranged for AxisRange {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let (from, to) = (f64::from(limit.0), f64::from(limit.1));
        // A conversion that saturates: a point far outside stays far outside.
        (from + self.fraction(*value) * (to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        crate::ticks::labelled_values(self, hint.max_num_points())
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}
