//! Best scales of the formats of 6 and 8 bits against another program's optima (data/make_wide_formats.py).
#![allow(clippy::unwrap_used, clippy::panic)]

use mf_core::Scalable;
use mf_core::quantizer::{FORMATS, find};
use mf_core::{StepActivation, propagate_at_unit_variance};
use mf_fit::best_scale;

/// Relative tolerances.
struct Tolerance {
    one_minus_slope: f64,
    /// The optimum is flat: a scale off by `d` costs `1 - chi` some `15 d^2` of itself, so only the derivative places it.
    scale: f64,
}

/// The derivative of `ln(1 - chi)` is a five-point difference of step `h = 1e-3`; `h^4 f^(5) / (30 f'')` is 1e-10 for
/// integers, where clipping bends `f` most.
const ODD: Tolerance = Tolerance {
    one_minus_slope: 1e-11,
    scale: 2e-10,
};

/// Here rounding of `1 - chi`, some 1e-12 of itself for 8 bits, is divided by that step and by `f'' = 30`.
const UNEVEN: Tolerance = Tolerance {
    one_minus_slope: 1e-10,
    scale: 1e-9,
};

/// `C*` at a scale that is given: rounding of the map over `1 - chi`.
const CORRELATION: f64 = 1e-11;

fn activation(format: &str) -> StepActivation {
    find(format).unwrap().build().unwrap().activation
}

/// A line of the file.
struct Row {
    format: &'static str,
    scale: f64,
    one_minus_slope: f64,
    correlation: f64,
    /// `1 - chi` at scales one percent less and more.
    beside: [f64; 2],
}

fn rows() -> Vec<Row> {
    let lines = include_str!("data/wide_formats.csv").lines();
    let rows = lines.filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| {
        let (format, numbers) = line.split_once(',').unwrap();
        let numbers: Vec<f64> = numbers.split(',').map(|x| x.parse().unwrap()).collect();
        let [scale, one_minus_slope, correlation, less, more] = numbers[..] else {
            panic!("{line}");
        };
        Row {
            format,
            scale,
            one_minus_slope,
            correlation,
            beside: [less, more],
        }
    })
    .collect()
}

fn check(row: &Row, what: &str, found: f64, expected: f64, tolerance: f64) {
    let off = (found / expected - 1.0).abs();
    assert!(
        off < tolerance,
        "{}: {what} is {found:e} for {expected:e}, off by {off:.1e}",
        row.format
    );
}

fn check_format(row: &Row, tolerance: &Tolerance) {
    let best = best_scale(&activation(row.format)).unwrap();
    let least = best.propagation.one_minus_slope;
    check(
        row,
        "1 - chi",
        least,
        row.one_minus_slope,
        tolerance.one_minus_slope,
    );
    check(row, "scale", best.scale, row.scale, tolerance.scale);
    let at = |factor: f64| {
        let phi = activation(row.format)
            .stretched(row.scale * factor)
            .unwrap();
        propagate_at_unit_variance(&phi).unwrap().1
    };
    let off = (at(1.0).correlation - row.correlation).abs();
    assert!(off < CORRELATION, "{}: C* is off by {off:.1e}", row.format);
    for (factor, beside) in [1.0 / 1.01, 1.01].into_iter().zip(row.beside) {
        assert!(beside > row.one_minus_slope, "{}", row.format);
        let found = at(factor).one_minus_slope;
        check(
            row,
            "1 - chi beside",
            found,
            beside,
            tolerance.one_minus_slope,
        );
    }
}

#[test]
fn every_wide_format_is_in_the_file() {
    let listed: Vec<&str> = rows().iter().map(|row| row.format).collect();
    for format in FORMATS.iter().filter(|format| format.bits >= 6) {
        // Its levels are an optimum themselves, which the tests of mf-core check.
        let known = format.family == "lloyd-max" || listed.contains(&format.name);
        assert!(known, "{}", format.name);
    }
}

#[test]
fn odd_formats_are_at_their_best_scale() {
    for row in rows().iter().filter(|row| row.correlation == 0.0) {
        check_format(row, &ODD);
    }
}

#[test]
fn formats_that_are_not_odd_are_at_their_best_scale() {
    for row in rows().iter().filter(|row| row.correlation > 0.0) {
        check_format(row, &UNEVEN);
    }
}

#[test]
fn lloyd_max_of_8_bits_is_at_its_best_scale() {
    let file = include_str!("../../../data/reference/formats/lloyd_max.csv");
    let line = file.lines().find(|line| line.starts_with("256,")).unwrap();
    let error: f64 = line.rsplit(',').next().unwrap().parse().unwrap();
    let best = best_scale(&activation("lloyd-max-8-bit")).unwrap();
    assert!(
        (best.propagation.one_minus_slope / error - 1.0).abs() < ODD.one_minus_slope,
        "{best:?}"
    );
    assert!((best.scale - 1.0).abs() < ODD.scale, "{best:?}");
}
