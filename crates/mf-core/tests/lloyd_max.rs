//! Lloyd-Max quantizers against high precision, printed digits, and their own conditions.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, close};
use mf_core::Activation;
use mf_core::StepActivation;
use mf_core::gaussian::{interval_probability, pdf};
use mf_core::quantizer::lloyd_max;
use std::f64::consts::PI;

/// Rounding enters the error in second order.
const ERROR: f64 = 1e-12;

/// Rounding moves the levels most along a slow wave across all of them, by `1e-16 N^2`.
const LEVEL: f64 = 1e-15;

fn best(states: u64) -> StepActivation {
    lloyd_max(states).unwrap().activation
}

#[test]
fn levels_and_errors_agree_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/formats/lloyd_max.csv"
    ));
    for row in file.rows() {
        let states = row.u64("states");
        let phi = best(states);
        let found = phi.distortion();
        let error = row.f64("mean_squared_error");
        assert!(
            close(found.mean_squared_error, error, ERROR, 0.0),
            "{states}: {found:?} against {error}"
        );
        assert!(close(found.gain, 1.0, ERROR, 0.0), "{states}: {found:?}");
        let tolerance = LEVEL * (states * states) as f64;
        let smallest = phi.levels().iter().find(|level| **level > 0.0).unwrap();
        let largest = phi.levels().last().unwrap();
        assert!(
            close(*smallest, row.f64("smallest"), 1e-13, tolerance),
            "{states}"
        );
        assert!(
            close(*largest, row.f64("largest"), 1e-13, tolerance),
            "{states}"
        );
        assert!(phi.is_odd());
    }
}

#[test]
fn every_number_of_states_meets_the_conditions() {
    for states in (2..=300).chain([511, 777, 2000, 8191, 1 << 16]) {
        let phi = best(states);
        let lower = std::iter::once(f64::NEG_INFINITY).chain(phi.thresholds().iter().copied());
        let upper = phi.thresholds().iter().copied();
        let upper = upper.chain(std::iter::once(f64::INFINITY));
        for ((from, to), level) in lower.zip(upper).zip(phi.levels()) {
            let mean = (pdf(from) - pdf(to)) / interval_probability(from, to);
            // The difference of densities loses digits as bins get narrow.
            let tolerance = 1e-13 * states as f64;
            assert!((mean - level).abs() < tolerance, "{states}: {mean} {level}");
        }
    }
}

#[test]
fn errors_tend_to_the_law_of_panter_and_dite() {
    // N^2 times the error tends to sqrt(3) pi / 2; the difference shrinks like 1 / N.
    let limit = 3f64.sqrt() * PI / 2.0;
    let missing = |states: u64| {
        let scaled = (states * states) as f64 * best(states).distortion().mean_squared_error;
        (limit - scaled) / limit
    };
    let (at_1024, at_4096) = (missing(1024), missing(4096));
    assert!(at_4096 > 0.0 && at_4096 < 1e-3, "{at_4096}");
    assert!(
        close(at_1024 / at_4096, 4.0, 0.02, 0.0),
        "{at_1024} {at_4096}"
    );
}
