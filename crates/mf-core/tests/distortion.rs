//! The least mean squared error of activations as quantizers: values to 60 digits, Max's tables, number formats.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, best_uniform, close, minimum, network};
use mf_core::gaussian::{interval_probability, pdf};
use mf_core::{Activation, Scalable, StepActivation, depth_scale, propagate_at_unit_variance};

#[test]
fn distortions_agree_with_high_precision() {
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/distortion.csv"
    ));
    for row in file.rows() {
        let phi = match row.text("name") {
            "uniform-255" => StepActivation::uniform(255).unwrap(),
            name => network(name).phi,
        };
        let found = phi.stretched(row.f64("scale")).unwrap().distortion();
        let place = format!("{} times {}", row.text("name"), row.text("scale"));
        assert!(
            close(
                found.mean_squared_error,
                row.f64("mean_squared_error"),
                2e-14,
                0.0
            ),
            "error of {place}: {found:?}"
        );
        assert!(
            close(found.gain, row.f64("gain"), 2e-15, 0.0),
            "gain of {place}: {found:?}"
        );
    }
}

#[test]
fn the_uniform_family_agrees_with_its_constant_time_form() {
    for states in [2, 3, 16, 255, 1024] {
        let (spacing, error) = best_uniform(states);
        let phi = StepActivation::uniform(states as usize).unwrap();
        let factor = spacing * (states - 1) as f64 / 2.0;
        let found = phi.stretched(factor).unwrap().distortion();
        assert!(
            close(found.mean_squared_error, error, 2e-14, 0.0),
            "{states}: {found:?}"
        );
    }
}

/// Lloyd's and Max's conditions in turn, from the uniform optimum: levels at the centroids, thresholds half way.
fn lloyd_max(states: usize) -> StepActivation {
    let (spacing, _) = best_uniform(states as u64);
    let phi = StepActivation::uniform(states).unwrap();
    let mut phi = phi.scaled(spacing * (states - 1) as f64 / 2.0).unwrap();
    for _ in 0..60 * states * states {
        let lower = std::iter::once(f64::NEG_INFINITY).chain(phi.thresholds().iter().copied());
        let upper = phi
            .thresholds()
            .iter()
            .copied()
            .chain(std::iter::once(f64::INFINITY));
        let centroids = lower
            .zip(upper)
            .map(|(a, b)| (pdf(a) - pdf(b)) / interval_probability(a, b))
            .collect();
        phi = StepActivation::halfway(centroids).unwrap();
    }
    phi
}

#[test]
fn lloyd_max_quantizers_have_the_errors_of_max() {
    // Max (1960), Table I, to the digits of an independent computation.
    for (states, error) in [
        (4, 0.11748185),
        (8, 0.03454776),
        (16, 0.00950101),
        (32, 0.00250467),
    ] {
        let found = lloyd_max(states).distortion();
        assert!(
            (found.mean_squared_error - error).abs() < 6e-9,
            "{states}: {found:?}"
        );
        assert!(
            close(found.gain, 1.0, 1e-6, 0.0),
            "centroids need no gain: {found:?}"
        );
    }
}

/// All values of a floating point format of the given exponent and mantissa bits, up to `largest`.
fn float_format(bias: i32, mantissa_bits: u32, largest: f64) -> StepActivation {
    let parts = 1 << mantissa_bits;
    let mut positive = Vec::new();
    for exponent in 1 - bias.. {
        let unit = libm::exp2(f64::from(exponent)) / f64::from(parts);
        // Below the first normal exponent lie the subnormals, of the same unit.
        let start = if exponent == 1 - bias { 1 } else { parts };
        positive.extend((start..2 * parts).map(|k| f64::from(k) * unit));
        if positive.last().is_some_and(|last| *last >= largest) {
            break;
        }
    }
    positive.retain(|value| *value <= largest);
    let negative = positive.iter().rev().map(|value| -value);
    StepActivation::halfway(
        negative
            .chain([0.0])
            .chain(positive.iter().copied())
            .collect(),
    )
    .unwrap()
}

/// Least of `f` over the scale of the thresholds: a scan in ln(scale), then golden sections.
fn best_over_scale(phi: &StepActivation, f: impl Fn(&StepActivation) -> f64) -> f64 {
    let at = |t: f64| f(&phi.stretched(libm::exp(t)).unwrap());
    let largest = phi.levels().last().copied().unwrap();
    // The largest level ends between 1 and 4,000 standard deviations.
    let grid: Vec<f64> = (0..=160)
        .map(|k| 0.05 * f64::from(k) - libm::log(largest))
        .collect();
    let best = grid
        .iter()
        .copied()
        .min_by(|a, b| at(*a).total_cmp(&at(*b)))
        .unwrap();
    minimum(at, best - 0.05, best + 0.05).1
}

fn least_error(phi: &StepActivation) -> f64 {
    best_over_scale(phi, |scaled| scaled.distortion().mean_squared_error)
}

#[test]
fn number_formats_have_the_known_errors() {
    // Levels, count of values, 1 - chi, xi: computed independently to the digits shown.
    let formats = [
        (
            "ternary",
            StepActivation::uniform(3).unwrap(),
            3,
            0.1901740392,
            4.741,
        ),
        (
            "int4 narrow",
            StepActivation::uniform(15).unwrap(),
            15,
            0.0128893859,
            77.08,
        ),
        ("fp4 e2m1", float_format(1, 1, 6.0), 15, 0.0126849041, 78.33),
        (
            "fp8 e5m2",
            float_format(15, 2, 57344.0),
            247,
            0.0027655688,
            361.1,
        ),
        (
            "fp8 e4m3fn",
            float_format(7, 3, 448.0),
            253,
            0.0006987495,
            1430.6,
        ),
        (
            "int8 narrow",
            StepActivation::uniform(255).unwrap(),
            255,
            0.0000883080,
            11323.0,
        ),
    ];
    for (name, phi, states, error, depth) in formats {
        assert_eq!(phi.states(), states, "{name}");
        let found = least_error(&phi);
        assert!((found - error).abs() < 6e-11, "{name}: {found}");
        assert!(
            close(depth_scale(found), depth, 1e-4, 0.0),
            "{name}: {}",
            depth_scale(found)
        );
    }
}

/// nf4 is not odd, so three quantities differ that are equal for odd formats. The tabulated 0.0098993165 is the error
/// with the best gain and no intercept, which is `1 - chi(0)`; `1 - chi(C*)`, at `C* = 6e-5`, is `1e-11` less and
/// rounds to the same digits; the error with an intercept is another number.
#[test]
fn nf4_is_tabulated_without_intercept() {
    const TABULATED: f64 = 0.0098993165;
    const HALF_A_DIGIT: f64 = 6e-11;
    let phi = network("nf4").phi;
    let plain = least_error(&phi);
    assert!((plain - TABULATED).abs() < HALF_A_DIGIT, "{plain}");
    assert!(close(depth_scale(plain), 100.5, 1e-3, 0.0));

    let at_rest = best_over_scale(&phi, |scaled| {
        propagate_at_unit_variance(scaled).map_or(1.0, |(_, found)| found.one_minus_slope)
    });
    assert!((at_rest - TABULATED).abs() < HALF_A_DIGIT, "{at_rest}");
    assert!(
        (5e-12..2e-11).contains(&(plain - at_rest)),
        "{plain} {at_rest}"
    );

    let centred = best_over_scale(&phi, |scaled| {
        let (gain, mean) = (scaled.distortion().gain, scaled.mean(1.0));
        let square = scaled.mean_square(1.0);
        let explained = (gain * square) * (gain * square) / (square - mean * mean);
        if explained.is_nan() {
            1.0
        } else {
            1.0 - explained
        }
    });
    assert!((TABULATED - centred) > 5e-7, "{centred}");
}
