//! The best scale of stochastic rounding.

#![allow(clippy::unwrap_used, clippy::panic)]

use mf_core::quantizer::find;
use mf_core::{StepActivation, StochasticActivation};
use mf_fit::best_scale;

fn rounding(phi: &StepActivation) -> StochasticActivation {
    StochasticActivation::new(phi)
}

#[test]
fn uniform_quantizers_of_theory_section_8() {
    // 1 - chi to the digits of an independent computation.
    let table = [
        (3, 0.25532011),
        (4, 0.17422769),
        (8, 0.06131385),
        (16, 0.01994295),
        (32, 0.00622582),
        (64, 0.00188928),
        (256, 0.00016318),
    ];
    for (states, expected) in table {
        let phi = StepActivation::uniform(states).unwrap();
        let found = best_scale(&rounding(&phi)).unwrap();
        let error = found.propagation.one_minus_slope;
        assert!((error - expected).abs() < 5.1e-9, "{states}: {error}");
        // Between once and twice the error of rounding to nearest.
        let ratio = error / best_scale(&phi).unwrap().propagation.one_minus_slope;
        assert!(ratio > 1.3 && ratio < 2.0, "{states}: {ratio}");
    }
}

#[test]
fn formats_of_any_kind_are_deeper_when_rounded_to_nearest() {
    for name in ["fp4-e2m1", "fp4-bnb", "nf4", "log4", "int4-full", "ternary"] {
        let phi = find(name).unwrap().build().unwrap().activation;
        let (noisy, nearest) = (
            best_scale(&rounding(&phi)).unwrap().propagation,
            best_scale(&phi).unwrap().propagation,
        );
        assert!(noisy.one_minus_slope > nearest.one_minus_slope, "{name}");
        assert!(
            noisy.one_minus_slope < 3.0 * nearest.one_minus_slope,
            "{name}"
        );
        assert!(noisy.variance_slope < 1.0, "{name}");
    }
}
