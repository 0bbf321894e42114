//! A correlation map near 1, tabulated: its products take long there, and a trajectory needs thousands of them.

use std::f64::consts::PI;
use std::sync::OnceLock;

/// The polynomial of each octave has this degree.
const DEGREE: usize = 32;

/// Octaves of `t = sqrt(1 - c)`, down to `1 - c = 4e-17`.
const OCTAVES: usize = 26;

/// The largest `t`: at smaller correlations the Hermite series is fast.
const WIDEST: f64 = 0.31622776601683794;

/// `D(t) = (1 - M(1 - t^2)) / t` of a map `M`, which is smooth down to `t = 0`, interpolated at Chebyshev's points in
/// each octave of `t` that is met.
#[derive(Debug, Default)]
pub(super) struct NearOne {
    octaves: [OnceLock<Vec<f64>>; OCTAVES],
}

impl NearOne {
    /// `M(c)` for `0.9 < c < 1`.
    pub(super) fn value(&self, c: f64, map: impl Fn(f64) -> f64) -> f64 {
        let t = (1.0 - c).sqrt();
        let mut high = WIDEST;
        for octave in &self.octaves {
            if 2.0 * t > high {
                let coefficients = octave.get_or_init(|| coefficients(high, &map));
                return 1.0 - t * series(4.0 * t / high - 3.0, coefficients);
            }
            high *= 0.5;
        }
        map(c)
    }
}

/// The coefficients of Chebyshev's polynomials, for `t` from `high / 2` to `high`.
fn coefficients(high: f64, map: &impl Fn(f64) -> f64) -> Vec<f64> {
    let degree = DEGREE as f64;
    let angle = |j: f64, k: f64| libm::cos(PI * j * k / degree);
    let values: Vec<f64> = (0..=DEGREE)
        .map(|j| {
            let t = 0.25 * high * (3.0 + angle(j as f64, 1.0));
            let c = 1.0 - t * t;
            halved(j) * (1.0 - map(c)) / (1.0 - c).sqrt()
        })
        .collect();
    let coefficient = |k: usize| {
        let terms = values.iter().enumerate();
        let sum: f64 = terms
            .map(|(j, value)| value * angle(j as f64, k as f64))
            .sum();
        halved(k) * 2.0 / degree * sum
    };
    (0..=DEGREE).map(coefficient).collect()
}

/// 1/2 at the ends, else 1.
fn halved(j: usize) -> f64 {
    if j == 0 || j == DEGREE { 0.5 } else { 1.0 }
}

/// `sum_k a_k T_k(x)` by Clenshaw's recurrence.
fn series(x: f64, coefficients: &[f64]) -> f64 {
    let (mut ahead, mut after) = (0.0, 0.0);
    for coefficient in coefficients.iter().rev() {
        (ahead, after) = (coefficient + 2.0 * x * ahead - after, ahead);
    }
    ahead - x * after
}
