//! Fisher's F distribution with real degrees of freedom, by the incomplete beta function.

use libm::{exp, lgamma, log, log1p};

use crate::error::FitError;
use crate::solve::root;

/// The probability that F with `first` and `second` degrees of freedom is larger than `ratio`: the incomplete beta function
/// `I_x(second/2, first/2)` at `x = second / (second + first ratio)`. NaN if an argument is NaN.
pub(crate) fn tail(ratio: f64, first: f64, second: f64) -> f64 {
    let whole = second + first * ratio;
    beta(
        second / whole,
        first * ratio / whole,
        second / 2.0,
        first / 2.0,
    )
}

/// The ratio with this [`tail`], between 0 and 1.
pub(crate) fn limit(level: f64, first: f64, second: f64) -> Result<f64, FitError> {
    let mut above = 1.0;
    while tail(above, first, second) > level {
        above *= 2.0;
    }
    root(|ratio| Ok(tail(ratio, first, second) - level), 0.0, above)
}

/// `I_x(a, b)` with `y = 1 - x`, by the continued fraction of DLMF 8.17.22 on the side where it converges fast.
fn beta(x: f64, y: f64, a: f64, b: f64) -> f64 {
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta(y, x, b, a);
    }
    if x == 0.0 {
        return 0.0;
    }
    let log_y = if x < 0.5 { log1p(-x) } else { log(y) };
    let front = a * log(x) + b * log_y + lgamma(a + b) - lgamma(a) - lgamma(b);
    exp(front) / (a * fraction(x, a, b))
}

/// More terms than the fraction needs: it needs a few times the root of the larger degrees of freedom.
const MOST_TERMS: u32 = 10_000;

/// The denominator `1 + d_1/(1 + d_2/(1 + ...))` of the continued fraction, by the method of Lentz (Applied Optics 15, 1976) in the
/// form of Thompson and Barnett (1986).
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let not_zero = |value: f64| {
        if value == 0.0 {
            f64::MIN_POSITIVE
        } else {
            value
        }
    };
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    for term in 1..MOST_TERMS {
        let m = f64::from(term / 2);
        let coefficient = if term % 2 == 0 {
            m * (b - m) / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        } * x;
        d = not_zero(1.0 + coefficient * d).recip();
        c = not_zero(1.0 + coefficient / c);
        value *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logarithms of gamma functions up to about 1000, each to some units of the last place.
    const ROUNDING: f64 = 1e-12;

    #[test]
    fn two_degrees_of_freedom_have_a_closed_form() {
        // P(F > f) = (1 + 2 f / d)^(-d/2) for 2 and d degrees of freedom; for 1 and 1 it is Cauchy's law.
        for ratio in [0.0, 0.01, 0.7, 1.0, 3.0, 40.0] {
            for second in [1.0, 3.5, 20.0, 900.0] {
                let found = tail(ratio, 2.0, second);
                let expected = exp(-second / 2.0 * log1p(2.0 * ratio / second));
                assert!((found - expected).abs() < ROUNDING, "{ratio} {second}");
            }
            let cauchy = 1.0 - libm::atan(ratio.sqrt()) * std::f64::consts::FRAC_2_PI;
            assert!((tail(ratio, 1.0, 1.0) - cauchy).abs() < ROUNDING, "{ratio}");
        }
        assert!(tail(f64::NAN, 2.0, 3.0).is_nan());
        assert_eq!(tail(f64::INFINITY, 2.0, 3.0), 0.0);
    }

    /// By mpmath, with 30 digits.
    #[test]
    fn real_degrees_of_freedom_agree_with_high_precision() {
        let references = [
            (2.6, 13.1, 39.3, 0.010382642169405446),
            (0.8, 8.5, 17.0, 0.616_544_153_919_893_4),
            (1.02, 35.7, 999.0, 0.437_555_288_614_622_6),
            (9.0, 1.5, 2.25, 0.083_918_893_567_667_37),
            (30.0, 12.0, 40.0, 3.221971246e-16),
            (0.05, 36.0, 108.0, 0.9999999999999999),
        ];
        for (ratio, first, second, expected) in references {
            let found = tail(ratio, first, second);
            assert!(
                (found / expected - 1.0).abs() < 10.0 * ROUNDING,
                "{ratio} {first} {second}: {found}"
            );
        }
    }

    #[test]
    fn a_limit_has_its_tail() {
        for (first, second) in [(1.0, 3.0), (11.3, 33.9), (60.0, 400.0)] {
            for level in [0.5, 0.01, 1e-6] {
                let found = tail(limit(level, first, second).unwrap(), first, second);
                assert!(
                    (found / level - 1.0).abs() < 1e-9,
                    "{first} {second} {level}"
                );
            }
        }
    }
}
