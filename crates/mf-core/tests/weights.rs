//! Quantized weights and scales: closed forms, values to 16 digits by another program, and random numbers.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::close;
use mf_core::gaussian::{pdf, upper_tail};
use mf_core::network::MEAN_SIZE;
use mf_core::quantizer::{find, ternary};
use mf_core::{
    Centring, QuantizedWeights, Rounding, Scale, ScaleError, Start, StepActivation, WeightsError,
    depth_scale, propagate_at_unit_variance,
};
use std::f64::consts::PI;

/// Of the quadrature over the largest number; the sums themselves keep `1e-14`.
const QUADRATURE: f64 = 1e-12;

fn format(name: &str) -> StepActivation {
    find(name).unwrap().build().unwrap().activation
}

fn rounding(name: &str, scale: Scale) -> Rounding {
    scale.rounding(&format(name)).unwrap()
}

fn weights(name: &str, scale: Scale, centring: Centring, fan_in: u64) -> QuantizedWeights {
    QuantizedWeights::new(&format(name), scale, centring, fan_in).unwrap()
}

#[test]
fn depth_scales_by_the_largest_of_a_row_are_those_of_the_law() {
    // To the digits of an independent program. Scaled by a constant they are 4.741, 77.08 and 11,323.
    for (name, xi, digit) in [
        ("int2", 0.839, 5e-4),
        ("ternary", 0.525, 5e-4),
        ("int4", 40.92, 5e-3),
        ("int8", 13_304.0, 0.5),
    ] {
        let found = rounding(name, Scale::LargestOf(4096))
            .depth_scale()
            .unwrap();
        assert!((found - xi).abs() < digit, "{name}: {found}");
    }
}

#[test]
fn the_law_of_the_largest_agrees_with_high_precision() {
    // mpmath, 30 digits: E[w q] and E[q^2] by integration over the largest number, 1 - chi as a difference.
    for (name, numbers, error, square) in [
        ("int2", 2, 0.06268521345837532, 1.086804628119682),
        ("int2", 64, 0.3898907564178844, 1.287051223975576),
        ("int2", 4096, 0.6963968549918772, 0.830558964465997),
        (
            "int2",
            1_000_000_000,
            0.9771624136942622,
            0.07681258073533645,
        ),
        ("int4", 2, 0.00138956666720487, 1.001933665029861),
        ("int4", 64, 0.01143528229005835, 1.012427330066361),
        ("int4", 4096, 0.02414379657717213, 1.024809557352647),
        ("int4", 1_000_000_000, 0.06138181528308, 1.065395937667761),
        ("fp4-e2m1", 2, 0.00223071878896971, 1.001718183019546),
    ] {
        let found = rounding(name, Scale::LargestOf(numbers));
        let place = format!("{name}, {numbers}: {found:?}");
        let got = found.distortion.mean_squared_error;
        assert!(close(got, error, QUADRATURE, 0.0), "{place}");
        assert!(close(found.mean_square, square, QUADRATURE, 0.0), "{place}");
    }
}

#[test]
fn the_law_of_the_largest_agrees_with_random_numbers() {
    // numpy, 25 to 33 million numbers a row, seed 2024: 1 - chi, of q less its mean, and its jackknife error over 20 parts.
    const STANDARD_ERRORS: f64 = 3.0;
    for (name, numbers, error, deviation) in [
        ("int2", 64, 3.895576e-01, 1.7e-04),
        ("int2", 1024, 6.101833e-01, 4.8e-04),
        ("int2", 4096, 6.967100e-01, 6.5e-04),
        ("int4", 64, 1.142764e-02, 5.5e-06),
        ("int4", 1024, 1.990247e-02, 2.0e-05),
        ("int4", 4096, 2.416420e-02, 3.6e-05),
        ("fp4-e2m1", 64, 1.116276e-02, 2.9e-06),
        ("fp4-e2m1", 1024, 1.322888e-02, 6.8e-06),
        ("fp4-e2m1", 4096, 1.408702e-02, 9.8e-06),
        ("nf4", 64, 8.447757e-03, 2.3e-06),
        ("nf4", 1024, 1.083736e-02, 5.9e-06),
        ("nf4", 4096, 1.203901e-02, 9.4e-06),
        ("int8", 64, 3.517070e-05, 1.0e-08),
        ("int8", 1024, 6.177528e-05, 6.1e-08),
        ("int8", 4096, 7.535476e-05, 1.3e-07),
    ] {
        let found = rounding(name, Scale::LargestOf(numbers)).centred;
        let off = (found.mean_squared_error - error) / deviation;
        assert!(off.abs() < STANDARD_ERRORS, "{name}, {numbers}: {off}");
    }
}

#[test]
fn signs_by_the_largest_have_closed_forms() {
    let sign = |numbers| rounding("binary", Scale::LargestOf(numbers));
    // q = ± m: E[m^2] = 1 + 2/pi of two numbers, E[w q] = E[m] E|w| + Cov(m, |w|) = E[m (m + min)] / 2 = 1/2 + 1/pi + 1/pi.
    let two = sign(2);
    assert!(close(two.mean_square, 1.0 + 2.0 / PI, QUADRATURE, 0.0));
    // E[max min] = E|w|^2 = 2/pi.
    let product = 0.5 * (1.0 + 2.0 / PI + 2.0 / PI);
    let kept = product * product / (1.0 + 2.0 / PI);
    assert!(close(
        two.distortion.mean_squared_error,
        1.0 - kept,
        QUADRATURE,
        0.0
    ));
    // The sign has no scale: as a token's activation it has chi = 2/pi, but for the numbers' own mean square (order 1/n).
    let token = sign(1_000_000_000).token_error;
    assert!(close(token, 1.0 - 2.0 / PI, 1e-8, 0.0), "{token}");
    assert!(sign(1_000_000_000).distortion.mean_squared_error > token + 6e-4);
}

#[test]
fn mean_size_has_closed_forms() {
    // BitNet: a = sqrt(2/pi), threshold a / 2: E[q^2] = 2 a^2 P(z > a/2), E[w q] = 2 a n(a/2).
    let a = (2.0 / PI).sqrt();
    assert_eq!(MEAN_SIZE, a);
    let found = rounding("int2", Scale::MeanSize);
    let share = 2.0 * upper_tail(0.5 * a);
    let product = 2.0 * a * pdf(0.5 * a);
    let rest = 1.0 - product * product / (a * a * share);
    assert!(close(found.nonzero_share, share, 1e-14, 0.0));
    assert!(close(found.mean_square, a * a * share, 1e-14, 0.0));
    assert!(close(found.distortion.mean_squared_error, rest, 1e-14, 0.0));
    assert_eq!((found.spread, found.mean), (0.0, 0.0));
}

#[test]
fn a_constant_scale_is_that_of_the_theory_of_activations() {
    let phi = ternary(0.6120031809624808).unwrap().activation;
    let found = Scale::Constant(1.0).rounding(&phi).unwrap();
    let (sigma_w, chain) = propagate_at_unit_variance(&phi).unwrap();
    assert!(close(
        found.distortion.mean_squared_error,
        chain.one_minus_slope,
        1e-14,
        0.0
    ));
    assert!(close(found.token_error, chain.one_minus_slope, 1e-14, 0.0));
    assert!(close(
        found.mean_square,
        1.0 / (sigma_w * sigma_w),
        1e-14,
        0.0
    ));
    assert!((found.distortion.mean_squared_error - 0.1901740392).abs() < 1e-10);
}

#[test]
fn at_the_best_scale_and_gain_the_second_moment_is_chi() {
    // Lloyd-Max levels are centroids: E[w q] = E[q^2] = chi, so the gain is chi^(-1/2) (Max 1960: 1 - chi = 0.1175).
    let best = weights(
        "lloyd-max-2-bit",
        Scale::Constant(1.0),
        Centring::Refuse,
        256,
    );
    assert!((best.one_minus_chi() - 0.11748185).abs() < 1e-8);
    assert!(close(best.power(), 1.0 - best.one_minus_chi(), 1e-12, 0.0));
    assert!(close(best.gain() * best.correlation(), 1.0, 1e-12, 0.0));
    let deviation = best.deviation(1.1).unwrap();
    assert!(close(
        deviation,
        1.1 / 16.0 / best.correlation(),
        1e-12,
        0.0
    ));
    assert!(close(best.sigma_w(deviation).unwrap(), 1.1, 1e-15, 0.0));
    assert!(best.deviation(0.0).is_err() && best.sigma_w(f64::NAN).is_err());
}

#[test]
fn likeness_falls_from_layer_to_layer_as_signs_do() {
    // Sign weights and sign activations: sqrt(2/pi) (2/pi) asin(c), from sqrt(2/pi).
    let sign = weights("binary", Scale::MeanSize, Centring::Refuse, 64);
    let correlation = (2.0 / PI).sqrt();
    let mut expected = correlation;
    for found in sign.likeness(&format("binary")).take(6) {
        assert!(close(found, expected, 1e-13, 0.0), "{found}, {expected}");
        expected = correlation * 2.0 / PI * libm::asin(expected);
    }
}

#[test]
fn a_mean_is_refused_subtracted_or_kept() {
    for name in ["nf4", "int4-full", "relu4"] {
        let refused = QuantizedWeights::new(
            &format(name),
            Scale::LargestOf(1024),
            Centring::Refuse,
            1024,
        );
        let Err(WeightsError::Mean { mean, coherence }) = refused else {
            panic!("{name}: {refused:?}");
        };
        let kept = weights(name, Scale::LargestOf(1024), Centring::Keep, 1024);
        let centred = weights(name, Scale::LargestOf(1024), Centring::Subtract, 1024);
        assert_eq!((kept.coherence(), centred.coherence()), (coherence, 0.0));
        assert!(close(
            kept.power() - centred.power(),
            mean * mean,
            1e-9,
            1e-15
        ));
        assert!(centred.one_minus_chi() < kept.one_minus_chi());
        assert!(matches!(
            rounding(name, Scale::LargestOf(64)).depth_scale(),
            Err(ScaleError::Mean { .. })
        ));
    }
    // numpy, as above: the mean of NF4 by the largest of 64 is 7.463e-4 ± 1.6e-4 (that of the numbers themselves is in it).
    let nf4 = rounding("nf4", Scale::LargestOf(64));
    assert!((nf4.mean - 7.463e-4).abs() < 3.0 * 1.6e-4);
    // A level of -8: the square of the mean adds up to 7e-5 of the signal at a fan-in of 4096.
    let full = weights("int4-full", Scale::LargestOf(4096), Centring::Keep, 4096);
    assert!(
        (full.coherence() - 6.65e-5).abs() < 0.01e-5,
        "{}",
        full.coherence()
    );
}

#[test]
fn usual_starts_against_a_fixed_grid() {
    let int4 = format("int4");
    // Steps of 1/8: zero up to 1/16. Normal weights of deviation 1/32: two deviations.
    let normal = Start::fan_in_normal(1024)
        .unwrap()
        .rounded(&int4, 0.125)
        .unwrap();
    assert!(close(
        normal.nonzero_share,
        2.0 * upper_tail(2.0),
        1e-14,
        0.0
    ));
    assert!(!normal.is_dead(1024));
    let glorot = Start::glorot_normal(1 << 14, 1 << 14).unwrap();
    assert_eq!(glorot, Start::Normal(1.0 / 128.0));
    // Eight deviations: 1.2e-15 of each weight.
    let dead = glorot.rounded(&int4, 0.125).unwrap();
    assert!(dead.is_dead(1 << 28) && !dead.is_dead(1 << 50));
    assert!(close(1.0 - dead.all_zero(1 << 44), 0.021646, 1e-3, 0.0));
    // Uniform up to 1/10 in steps of 1/8: 3/8 are ±1/8.
    let uniform = Start::fan_in_uniform(100)
        .unwrap()
        .rounded(&int4, 0.125)
        .unwrap();
    assert!(close(uniform.nonzero_share, 0.375, 1e-14, 0.0));
    assert!(close(uniform.mean_square, 0.375 / 64.0, 1e-14, 0.0));
    assert_eq!(uniform.mean, 0.0);
    let all_zero = Start::fan_in_uniform(256)
        .unwrap()
        .rounded(&int4, 0.125)
        .unwrap();
    assert_eq!((all_zero.all_zero(7), all_zero.all_zero(0)), (1.0, 1.0));
    // A normal start so far below the grid that its square has no f64.
    let tiny = Start::Normal(1e-3).rounded(&int4, 1.0).unwrap();
    assert_eq!((tiny.nonzero_share, tiny.mean_square), (0.0, 0.0));
    assert!(Start::Normal(0.0).rounded(&int4, 1.0).is_err());
    assert!(Start::Uniform(1.0).rounded(&int4, f64::NAN).is_err());
    assert!(Start::glorot_uniform(0, 3).is_err() && Start::fan_in_normal(0).is_err());
}

#[test]
fn what_cannot_be_quantized_is_refused() {
    let int4 = format("int4");
    let new = |scale, fan_in| QuantizedWeights::new(&int4, scale, Centring::Refuse, fan_in);
    for fan_in in [0, 1] {
        assert_eq!(
            new(Scale::MeanSize, fan_in),
            Err(WeightsError::FanIn { fan_in })
        );
    }
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            new(Scale::Constant(scale), 64),
            Err(WeightsError::Scale(ScaleError::Constant { .. }))
        ));
    }
    for numbers in [0, 1, u64::MAX] {
        let refused = WeightsError::Scale(ScaleError::Numbers { numbers });
        assert_eq!(new(Scale::LargestOf(numbers), 64), Err(refused));
    }
    // The first step is at 50, and at 5 standard deviations.
    let zero = WeightsError::Scale(ScaleError::AllZero);
    assert_eq!(new(Scale::Constant(100.0), 64), Err(zero));
    assert!(matches!(
        new(Scale::Constant(10.0), 64),
        Err(WeightsError::Dead { .. })
    ));
    assert!(new(Scale::Constant(10.0), 1 << 16).is_ok());
    // Sparse weights need a 0.
    let dense = new(Scale::Constant(0.33), 64).unwrap();
    assert_eq!(
        dense.sparse(&format("binary"), 0.5),
        Err(WeightsError::NoZero)
    );
    for density in [0.0, 1.5, f64::NAN] {
        assert!(dense.sparse(&int4, density).is_err());
    }
    assert!(matches!(
        dense.sparse(&int4, 1e-5),
        Err(WeightsError::Dead { .. })
    ));
}

#[test]
fn a_row_of_many_numbers_has_a_scale_that_spreads_little() {
    // numpy and scipy, by Gauss-Legendre panels of 20 points: the spread at n = 4096.
    for (name, spread) in [("int2", 0.1771176975499), ("int4", 0.0070202957883)] {
        let found = rounding(name, Scale::LargestOf(4096)).spread;
        assert!(close(found, spread, 1e-8, 0.0), "{name}: {found}");
    }
    let tensor = rounding("int8", Scale::LargestOf(4096 * 4096));
    assert!(tensor.spread < 2e-5);
    assert!(depth_scale(tensor.token_error) > tensor.depth_scale().unwrap());
}
