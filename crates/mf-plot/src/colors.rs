//! Colours of numbers.

use plotters_backend::BackendColor;

use crate::axis::AxisRange;
use crate::spec::{ColorMap, Colors, Scale};
use crate::theme;

/// A colour map between two values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ColorScale {
    pub(crate) map: ColorMap,
    pub(crate) range: AxisRange,
}

impl ColorScale {
    /// The scale of a specification for these values; NaN is ignored.
    pub(crate) fn new(colors: &Colors, values: impl Iterator<Item = f64>) -> Self {
        let scale = Scale::Linear;
        let largest = |values: &mut dyn Iterator<Item = f64>| {
            values.fold(0.0, |most: f64, value| most.max(value.abs()))
        };
        let mut finite = values.filter(|value| value.is_finite());
        let range = match (colors.range, colors.map) {
            (Some(ends), _) => AxisRange::new(scale, ends),
            (None, ColorMap::Diverging) => {
                let most = largest(&mut finite);
                let high = if most > 0.0 { most } else { 1.0 };
                AxisRange::new(scale, [-high, high])
            }
            (None, ColorMap::Sequential | ColorMap::Cyclic) => AxisRange::spanning(scale, finite),
        };
        ColorScale {
            map: colors.map,
            range,
        }
    }

    /// The place of a value on the map, from 0 to 1; none for NaN.
    pub(crate) fn fraction(&self, value: f64) -> Option<f64> {
        let fraction = self.range.fraction(value);
        match self.map {
            _ if fraction.is_nan() => None,
            ColorMap::Cyclic => Some(fraction.rem_euclid(1.0)),
            ColorMap::Sequential | ColorMap::Diverging => Some(fraction.clamp(0.0, 1.0)),
        }
    }

    /// The colour of a value; grey for NaN.
    pub(crate) fn color(&self, value: f64) -> BackendColor {
        self.fraction(value)
            .map_or(theme::MISSING, |fraction| theme::mapped(self.map, fraction))
    }
}
