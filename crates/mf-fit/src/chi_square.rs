//! The chi-square distribution.

/// The probability that a sum of `freedom` squared standard normal numbers is above `x`; 1 for `freedom = 0` and for
/// `x <= 0`, NaN for NaN.
///
/// A finite sum (Abramowitz and Stegun 26.4.4 and 26.4.5).
///
/// ```
/// // One in 370 normal numbers is beyond three standard errors.
/// assert!((mf_fit::chi_square_tail(9.0, 1) - 0.002_699_796_063).abs() < 1e-12);
/// // Two degrees of freedom: exp(-x/2).
/// assert_eq!(mf_fit::chi_square_tail(2.0, 2), (-1.0_f64).exp());
/// ```
pub fn chi_square_tail(x: f64, freedom: u64) -> f64 {
    if freedom == 0 || x <= 0.0 {
        return 1.0;
    }
    let half = 0.5 * x;
    // Terms half^s exp(-half) / Gamma(s + 1), s = 0, 1, ... for an even number, 1/2, 3/2, ... for an odd one.
    let odd = freedom % 2 == 1;
    let (mut tail, mut term, mut s) = if odd {
        let first = 2.0 * (half / std::f64::consts::PI).sqrt() * libm::exp(-half);
        (libm::erfc(half.sqrt()), first, 0.5)
    } else {
        (0.0, libm::exp(-half), 0.0)
    };
    for _ in 0..freedom / 2 {
        tail += term;
        s += 1.0;
        term *= half / s;
    }
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table 26.7 of Abramowitz and Stegun: five digits.
    #[test]
    fn tails_are_those_of_the_table() {
        for (x, freedom, expected) in [
            (1.0, 1, 0.31731),
            (3.0, 3, 0.39163),
            (10.0, 5, 0.07524),
            (10.0, 10, 0.44049),
            (20.0, 9, 0.01791),
        ] {
            let found = chi_square_tail(x, freedom);
            assert!((found - expected).abs() < 5e-6, "{x} {freedom} {found}");
        }
        assert_eq!(
            (chi_square_tail(0.0, 4), chi_square_tail(5.0, 0)),
            (1.0, 1.0)
        );
        assert!(chi_square_tail(f64::NAN, 3).is_nan());
    }
}
