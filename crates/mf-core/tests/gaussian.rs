//! Gaussian tails against values to 60 digits and closed forms.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, close};
use mf_core::gaussian::{cdf, interval_probability, pdf, tail_moments, upper_tail};

/// Rounding of `exp(-t^2/2)` and of some tens of operations.
const TIGHT: f64 = 3e-14;

#[test]
fn tail_moments_agree_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/tail_moments.csv"
    ));
    for row in file.rows() {
        let t = row.f64("t");
        let moments = tail_moments::<4>(t);
        for (name, moment) in ["j0", "j1", "j2", "j3"].iter().zip(moments) {
            assert!(
                close(moment, row.f64(name), TIGHT, 0.0),
                "{name}({t}) = {moment}"
            );
        }
    }
}

#[test]
fn fewer_moments_are_the_same_moments() {
    for t in [-3.0, 0.5, 1.999, 2.001, 7.0] {
        let [j0, j1] = tail_moments::<2>(t);
        let [k0, k1, _, _] = tail_moments::<4>(t);
        assert!(
            close(j0, k0, TIGHT, 0.0) && close(j1, k1, TIGHT, 0.0),
            "t = {t}"
        );
    }
}

#[test]
fn tails_far_out_vanish_without_nan() {
    assert_eq!(tail_moments::<3>(f64::INFINITY), [0.0; 3]);
    assert_eq!(tail_moments::<3>(100.0), [0.0; 3]);
    assert_eq!(pdf(f64::INFINITY), 0.0);
    assert_eq!((cdf(f64::INFINITY), upper_tail(f64::INFINITY)), (1.0, 0.0));
}

#[test]
fn a_narrow_interval_keeps_its_digits() {
    // n(x) (1 - x^2 ... ) to second order: P(x < z < x + w) = w n(x + w/2) (1 + O(w^2)).
    for x in [-5.0, -1.0, 0.0, 2.0, 6.0] {
        let width = 1e-7;
        let probability = interval_probability(x, x + width);
        let (start, end) = (x, x + width);
        let expected = (end - start) * pdf(0.5 * (start + end));
        assert!(
            close(probability, expected, 1e-12, 0.0),
            "x = {x}: {probability} {expected}"
        );
    }
}

#[test]
fn intervals_add_up_to_one() {
    let cuts = [f64::NEG_INFINITY, -3.0, -0.2, 0.1, 0.3, 4.0, f64::INFINITY];
    let sum: f64 = cuts
        .iter()
        .zip(cuts.iter().skip(1))
        .map(|(a, b)| interval_probability(*a, *b))
        .sum();
    assert!(close(sum, 1.0, 1e-15, 0.0), "{sum}");
}
