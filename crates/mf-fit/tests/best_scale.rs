//! The best scale of number formats and other step activations against outside values.

#![allow(clippy::unwrap_used)]

mod formats;

use formats::{fp4_e2m1, fp8_e4m3fn, fp8_e5m2, nf4};
use mf_core::Scalable;
use mf_core::StepActivation;
use mf_fit::{FitError, ScaleOptimum, best_scale, uniform_optimum};

fn uniform(states: usize) -> StepActivation {
    StepActivation::uniform(states).unwrap()
}

fn halfway(levels: Vec<f64>) -> StepActivation {
    StepActivation::halfway(levels).unwrap()
}

fn best(phi: &StepActivation) -> ScaleOptimum {
    best_scale(phi).unwrap()
}

fn assert_near(ours: f64, outside: f64, tolerance: f64, what: &str) {
    assert!(
        (ours - outside).abs() <= tolerance,
        "{what}: {ours} against {outside}"
    );
}

#[test]
fn number_formats_have_the_computed_optima() {
    let table = [
        ("ternary", uniform(3), 0.1901740392, 4.741, 5e-4),
        ("int4 narrow", uniform(15), 0.0128893859, 77.08, 5e-3),
        ("fp4 e2m1", halfway(fp4_e2m1()), 0.0126849041, 78.33, 5e-3),
        ("nf4", halfway(nf4()), 0.0098993165, 100.5, 5e-2),
        ("fp8 e5m2", halfway(fp8_e5m2()), 0.0027655688, 361.1, 5e-2),
        (
            "fp8 e4m3fn",
            halfway(fp8_e4m3fn()),
            0.0006987495,
            1430.6,
            5e-2,
        ),
        ("int8 narrow", uniform(255), 0.0000883080, 11323.0, 0.5),
    ];
    for (name, phi, one_minus_slope, depth_scale, printed) in table {
        let ours = best(&phi);
        assert_near(
            ours.propagation.one_minus_slope,
            one_minus_slope,
            5.1e-11,
            name,
        );
        assert_near(ours.propagation.depth_scale, depth_scale, printed, name);
        assert!(ours.propagation.variance_slope < 1.0, "{name}");
    }
}

#[test]
fn formats_have_their_numbers_of_levels() {
    assert_eq!(fp4_e2m1().len(), 15);
    assert_eq!(fp8_e4m3fn().len(), 253);
    assert_eq!(fp8_e5m2().len(), 247);
    assert_eq!(fp8_e5m2().last(), Some(&57344.0));
    assert_eq!(fp8_e4m3fn().last(), Some(&448.0));
}

#[test]
fn uniform_quantizers_reach_the_exact_optimum() {
    for states in [3, 4, 15, 16, 64, 255] {
        let ours = best(&uniform(states));
        let exact = uniform_optimum(states as u64).unwrap();
        // Levels in [-1, 1] have thresholds 2 / (N - 1) apart.
        let spacing = ours.scale * 2.0 / (states as f64 - 1.0);
        assert_near(spacing / exact.spacing, 1.0, 1e-9, "spacing");
        let ratio = ours.propagation.one_minus_slope / exact.one_minus_slope;
        assert_near(ratio, 1.0, 1e-13, "1 - chi");
        assert_near(ours.sigma_w, exact.sigma_w, 1e-10, "sigma_w");
    }
}

#[test]
fn convergence_of_the_variance() {
    let printed = [
        (3, 0.374548),
        (4, 0.544476),
        (8, 0.796391),
        (16, 0.915263),
        (32, 0.967029),
        (64, 0.987889),
    ];
    for (states, slope) in printed {
        assert_near(
            best(&uniform(states)).propagation.variance_slope,
            slope,
            5.1e-7,
            "dQ'/dQ",
        );
    }
}

#[test]
fn quantizers_of_max_1960_table_1_have_the_best_scale_1() {
    // Levels and thresholds (x) as printed: the thresholds are half way to four digits.
    let n4 = StepActivation::new(
        vec![-0.9816, 0.0, 0.9816],
        vec![-1.510, -0.4528, 0.4528, 1.510],
    );
    let n8 = StepActivation::new(
        vec![-1.748, -1.050, -0.5006, 0.0, 0.5006, 1.050, 1.748],
        vec![
            -2.152, -1.344, -0.7560, -0.2451, 0.2451, 0.7560, 1.344, 2.152,
        ],
    );
    for (phi, error) in [(n4, 0.11748185), (n8, 0.03454776)] {
        let ours = best(&phi.unwrap());
        // Four printed digits of the levels: the scale is good to some 1e-4, the error to its square.
        assert_near(ours.scale, 1.0, 1e-3, "scale");
        assert_near(ours.distortion.gain, 1.0, 1e-3, "gain");
        assert_near(ours.propagation.one_minus_slope, error, 1e-7, "error");
    }
}

#[test]
fn the_answer_does_not_depend_on_the_unit() {
    let phi = halfway(nf4());
    let (ours, scaled) = (best(&phi), best(&phi.scaled(1000.0).unwrap()));
    assert_near(scaled.scale * 1000.0 / ours.scale, 1.0, 1e-8, "scale");
    assert_near(scaled.sigma_w / ours.sigma_w, 1.0, 1e-8, "sigma_w");
    assert_near(
        scaled.propagation.variance / ours.propagation.variance,
        1e6,
        1.0,
        "Q*",
    );
    let (a, b) = (
        scaled.propagation.one_minus_slope,
        ours.propagation.one_minus_slope,
    );
    assert_near(a, b, 1e-13, "1 - chi");
}

#[test]
fn nf4_is_not_odd_so_its_error_and_one_minus_slope_differ_a_little() {
    let ours = best(&halfway(nf4()));
    let correlation = ours.propagation.correlation;
    assert!(correlation > 1e-5 && correlation < 1e-4, "{correlation}");
    assert_near(
        ours.propagation.one_minus_slope,
        ours.distortion.mean_squared_error,
        1e-9,
        "both",
    );
}

#[test]
fn sign_has_no_scale() {
    let ours = best(&uniform(2));
    assert_near(ours.scale, 1.0, 0.0, "scale");
    assert_near(
        ours.propagation.slope,
        std::f64::consts::FRAC_2_PI,
        1e-15,
        "chi",
    );
}

#[test]
fn an_optimum_at_the_end_of_the_range_is_an_error() {
    // The nearer the threshold is to 0, the better: the best is the sign, which no scale reaches.
    let phi = StepActivation::new(vec![0.3], vec![-1.0, 1.0]).unwrap();
    let error = best_scale(&phi).unwrap_err();
    assert!(matches!(error, FitError::NoBestScale { .. }), "{error}");
}

#[test]
fn a_nearly_constant_activation_has_no_best_scale() {
    let phi = StepActivation::new(vec![0.5], vec![1.0, 1.001]).unwrap();
    let error = best_scale(&phi).unwrap_err();
    assert!(matches!(error, FitError::NeverStable { .. }), "{error}");
}

#[test]
fn thresholds_of_very_different_sizes_are_solved() {
    // A dead zone of 1e-100 has no effect.
    let with = StepActivation::new(
        vec![-1.0, -1e-100, 1e-100, 1.0],
        vec![-2.0, -1.0, 0.0, 1.0, 2.0],
    );
    let without = StepActivation::new(vec![-1.0, 0.0, 1.0], vec![-2.0, -1.0, 1.0, 2.0]);
    let (with, without) = (best(&with.unwrap()), best(&without.unwrap()));
    assert_near(with.scale, without.scale, 1e-9, "scale");
    assert_near(
        with.propagation.slope,
        without.propagation.slope,
        1e-13,
        "chi",
    );
}
