//! Smooth activations in closed form: functions that quantizers round, and test cases for the solvers.

use super::{Activation, Response, WindowResponse};
use crate::gaussian::PDF_AT_ZERO;
use std::f64::consts::{FRAC_2_PI, PI};

/// `phi(x) = erf(x)`, a sigmoid: `E[phi(u1) phi(u2)] = (2/pi) asin(2 C sqrt(Q1 Q2) / sqrt((1 + 2 Q1)(1 + 2 Q2)))` (Williams,
/// Computing with infinite networks, NIPS 1996).
///
/// ```
/// use mf_core::{Activation, Erf};
///
/// // (2/pi) asin(2 Q / (1 + 2 Q)) at Q = 1/2.
/// assert!((Erf.mean_square(0.5) - 1.0 / 3.0).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erf;

/// `phi(x) = max(x, 0)`: with `t = acos(C)`, `E[phi(u1) phi(u2)] = sqrt(Q1 Q2) (sin t + (pi - t) cos t) / (2 pi)` (Cho and Saul,
/// Kernel methods for deep learning, NIPS 2009).
///
/// ```
/// use mf_core::{CorrelationMap, Relu};
///
/// // He's initialization keeps the variance, but all inputs become the same.
/// let map = CorrelationMap::new(&Relu, 2.0_f64.sqrt(), 0.0, 1.0)?;
/// assert_eq!(map.fixed_point()?, 1.0);
/// # Ok::<(), mf_core::CorrelationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relu;

/// `phi(x) = x`: a linear network, which keeps every correlation.
///
/// ```
/// use mf_core::{Identity, trajectory};
///
/// let layer = trajectory(&Identity, 1.0, 0.0, 1.0, &[0.3])?.nth(1000);
/// assert_eq!(layer.map(|layer| layer.correlations), Some(vec![0.3]));
/// # Ok::<(), mf_core::CorrelationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity;

/// A smooth activation on inputs of one variance.
///
/// ```
/// use mf_core::{Activation, Relu, Response};
///
/// // The same input at two scales, 1 and 3: half of E[x (3 x)] = 3.
/// let (one, nine) = (Relu.response(1.0), Relu.response(9.0));
/// assert_eq!(one.product(&nine, 1.0), 1.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmoothResponse<A> {
    activation: A,
    variance: f64,
    /// `2 Q / (1 + 2 Q)`, for the error function.
    share: f64,
}

/// Below this variance a smooth activation of bounded slope equals its value at 0, to rounding.
const LEAST_VARIANCE: f64 = 1e-12;

/// The parts of [`Activation`] that differ, for each smooth activation.
macro_rules! smooth {
    ($type:ty, odd: $odd:expr, largest_square: $largest:expr, mean: $mean:expr, mean_square: $square:expr, slope: $slope:expr) => {
        impl Activation for $type {
            type Response = SmoothResponse<Self>;

            fn response(&self, variance: f64) -> Self::Response {
                SmoothResponse {
                    activation: *self,
                    variance,
                    share: share(variance),
                }
            }

            fn mean(&self, variance: f64) -> f64 {
                let mean: fn(f64) -> f64 = $mean;
                mean(variance)
            }

            fn mean_square(&self, variance: f64) -> f64 {
                let square: fn(f64) -> f64 = $square;
                square(variance)
            }

            fn mean_square_slope(&self, variance: f64) -> f64 {
                let slope: fn(f64) -> f64 = $slope;
                slope(variance)
            }

            fn is_odd(&self) -> bool {
                $odd
            }

            fn largest_square(&self) -> f64 {
                $largest
            }

            fn least_variance(&self) -> f64 {
                LEAST_VARIANCE
            }
        }
    };
}

smooth!(
    Erf,
    odd: true,
    largest_square: 1.0,
    mean: |variance| 0.0 * variance.sqrt(),
    mean_square: |variance| 2.0 / PI * libm::asin(share(variance)),
    slope: |variance| 4.0 / PI / ((1.0 + 2.0 * variance) * (1.0 + 4.0 * variance).sqrt())
);

smooth!(
    Relu,
    odd: false,
    largest_square: f64::INFINITY,
    mean: |variance| PDF_AT_ZERO * variance.sqrt(),
    mean_square: |variance| 0.5 * variance,
    slope: |_| 0.5
);

smooth!(
    Identity,
    odd: true,
    largest_square: f64::INFINITY,
    mean: |variance| 0.0 * variance.sqrt(),
    mean_square: |variance| variance,
    slope: |_| 1.0
);

/// `2 Q / (1 + 2 Q)`.
fn share(variance: f64) -> f64 {
    2.0 * variance / (1.0 + 2.0 * variance)
}

impl Response for SmoothResponse<Erf> {
    fn mean_square(&self) -> f64 {
        self.activation.mean_square(self.variance)
    }

    fn product(&self, other: &Self, correlation: f64) -> f64 {
        self.product_and_slope(other, correlation)[0]
    }

    fn product_slope(&self, other: &Self, correlation: f64) -> f64 {
        self.product_and_slope(other, correlation)[1]
    }

    fn product_and_slope(&self, other: &Self, correlation: f64) -> [f64; 2] {
        let shared = self.shared(other);
        let sine = shared * correlation;
        let slope = 2.0 / PI * shared / ((1.0 - sine) * (1.0 + sine)).sqrt();
        [2.0 / PI * libm::asin(sine), slope]
    }

    /// `phi'` is a Gaussian: it narrows the inputs to the variance `1 / (1 + 2 Q)`.
    fn windowed_slope(&self, window: &WindowResponse, correlation: f64) -> f64 {
        let share = self.share;
        let width = (1.0 - share * correlation * correlation).sqrt();
        (share * FRAC_2_PI).sqrt() * window.around(0.0, width)
    }

    /// With `sin a = r C` and `sin b = r`: `(b - a - sin(b - a) + tan a (1 - cos(b - a))) / b`.
    fn tangent_gap(&self, correlation: f64) -> f64 {
        let share = self.share;
        let sine = share * correlation;
        let cosines = [sine, share].map(|sine| ((1.0 - sine) * (1.0 + sine)).sqrt());
        let [near, far] = cosines;
        // sin(b - a), without the difference of two angles.
        let apart = (1.0 - correlation) * (1.0 + correlation) * share / (near + correlation * far);
        let angle = libm::asin(apart);
        let half = libm::sin(0.5 * angle);
        (minus_its_sine(angle) + 2.0 * sine / near * half * half) / libm::asin(share)
    }
}

impl SmoothResponse<Erf> {
    /// `2 sqrt(Q1 Q2) / sqrt((1 + 2 Q1)(1 + 2 Q2))`.
    fn shared(&self, other: &Self) -> f64 {
        (self.share * other.share).sqrt()
    }
}

impl Response for SmoothResponse<Relu> {
    fn mean_square(&self) -> f64 {
        self.activation.mean_square(self.variance)
    }

    fn product(&self, other: &Self, correlation: f64) -> f64 {
        let (angle, spreads) = (
            libm::acos(correlation),
            (self.variance * other.variance).sqrt(),
        );
        spreads * (libm::sin(angle) + (PI - angle) * correlation) / (2.0 * PI)
    }

    fn product_slope(&self, other: &Self, correlation: f64) -> f64 {
        let (angle, spreads) = (
            libm::acos(correlation),
            (self.variance * other.variance).sqrt(),
        );
        spreads * (PI - angle) / (2.0 * PI)
    }

    /// The share of pairs with one input above 0 and the other in the window.
    fn windowed_slope(&self, window: &WindowResponse, correlation: f64) -> f64 {
        let above = WindowResponse::new(1.0, 0.0, f64::INFINITY, self.variance);
        self.variance.sqrt() * above.product(window, correlation)
    }

    /// `(t - sin t) / pi` with `t = acos C`.
    fn tangent_gap(&self, correlation: f64) -> f64 {
        minus_its_sine(libm::acos(correlation)) / PI
    }
}

impl Response for SmoothResponse<Identity> {
    fn mean_square(&self) -> f64 {
        self.activation.mean_square(self.variance)
    }

    fn product(&self, other: &Self, correlation: f64) -> f64 {
        (self.variance * other.variance).sqrt() * correlation
    }

    fn product_slope(&self, other: &Self, _correlation: f64) -> f64 {
        (self.variance * other.variance).sqrt()
    }

    fn windowed_slope(&self, window: &WindowResponse, _correlation: f64) -> f64 {
        self.variance.sqrt() * window.mean()
    }

    fn tangent_gap(&self, _correlation: f64) -> f64 {
        0.0
    }
}

/// `t - sin t` for `0 <= t <= pi`, accurate relative to itself.
fn minus_its_sine(t: f64) -> f64 {
    const SMALL: f64 = 0.5;
    if t > SMALL {
        return t - libm::sin(t);
    }
    // t^3/3! - t^5/5! + ..., to 1e-18 of it.
    let square = t * t;
    let series = [210.0, 156.0, 110.0, 72.0, 42.0, 20.0]
        .into_iter()
        .fold(1.0, |sum, denominator| 1.0 - square / denominator * sum);
    t * square / 6.0 * series
}
