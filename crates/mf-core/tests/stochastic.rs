//! Stochastic rounding against high precision and its definition.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, close};
use mf_core::{Activation, CorrelationMap, StepActivation, StochasticActivation};

fn rounding(levels: Vec<f64>) -> StochasticActivation {
    StochasticActivation::new(&StepActivation::halfway(levels).unwrap())
}

#[test]
fn maps_agree_with_high_precision() {
    // Ten points a panel, panels of the width of the bend.
    const TOLERANCE: f64 = 1e-13;
    let file = Reference::parse(include_str!(
        "../../../data/reference/formats/stochastic.csv"
    ));
    for row in file.rows() {
        let levels = row.text("levels").split(';').map(|x| x.parse().unwrap());
        let phi = rounding(levels.collect());
        let square = row.f64("mean_square");
        assert!(close(phi.mean_square(1.0), square, TOLERANCE, 0.0));
        let map = CorrelationMap::new(&phi, 1.0 / square.sqrt(), 0.0, 1.0).unwrap();
        let correlation = row.f64("correlation");
        let place = format!("{} at {correlation}", row.text("name"));
        let (image, slope) = (
            map.value(correlation).unwrap(),
            map.slope(correlation).unwrap(),
        );
        assert!(
            close(image, row.f64("image"), TOLERANCE, TOLERANCE),
            "{place}: {image}"
        );
        assert!(
            close(slope, row.f64("slope"), TOLERANCE, TOLERANCE),
            "{place}: {slope}"
        );
    }
}

#[test]
fn rounding_has_the_mean_and_variance_of_two_neighbours() {
    let levels = [-2.0, -0.5, 0.0, 3.0];
    let phi = rounding(levels.to_vec());
    for k in -300..400 {
        let x = 0.01 * f64::from(k);
        let above = levels.iter().position(|v| *v > x);
        let (mean, variance) = match above {
            Some(0) => (-2.0, 0.0),
            None => (3.0, 0.0),
            Some(i) => {
                let (low, high) = (levels[i - 1], levels[i]);
                let up = (x - low) / (high - low);
                let mean = up * high + (1.0 - up) * low;
                (
                    mean,
                    up * high * high + (1.0 - up) * low * low - mean * mean,
                )
            }
        };
        assert!((phi.mean_at(x) - mean).abs() < 1e-14, "{x}");
        assert!((phi.variance_at(x) - variance).abs() < 1e-14, "{x}");
    }
}

#[test]
fn the_ends_of_the_correlations_are_the_clipped_inputs_themselves() {
    let phi = rounding(vec![-1.0, 0.5, 2.0]);
    let sigma_w = 0.8;
    let map = CorrelationMap::new(&phi, sigma_w, 0.3, 1.7).unwrap();
    let just = |c: f64| map.value(c).unwrap();
    // M is smooth up to its ends, but for terms in (1 - C)^(3/2).
    assert!(close(just(1.0), just(1.0 - 1e-9), 1e-8, 0.0));
    assert!(close(just(-1.0), just(-1.0 + 1e-9), 1e-8, 1e-8));
    // Noise: two equal inputs do not stay equal.
    let product = sigma_w * sigma_w * phi.mean_square(1.7) / 1.7 + 0.09 / 1.7;
    assert!(just(1.0) < product - 0.05, "{} {product}", just(1.0));
    let mean = phi.mean(1.7);
    assert!(close(
        just(0.0),
        (0.64 * mean * mean + 0.09) / 1.7,
        1e-13,
        0.0
    ));
    assert!(map.value(1.1).is_err() && map.slope(f64::NAN).is_err());
    assert!(map.fixed_point().is_err(), "1.7 is not a fixed point");
}

#[test]
fn the_fixed_point_is_one_and_the_slope_its_derivative() {
    let phi = rounding(vec![0.0, 0.5, 1.0, 2.0]);
    let sigma_w = 1.0 / phi.mean_square(1.0).sqrt();
    let map = CorrelationMap::new(&phi, sigma_w, 0.0, 1.0).unwrap();
    let fixed = map.fixed_point().unwrap();
    assert!((map.value(fixed).unwrap() - fixed).abs() < 1e-14);
    let d = 1e-4;
    let value = |c: f64| map.value(c).unwrap();
    let difference = (8.0 * (value(fixed + d) - value(fixed - d))
        - (value(fixed + 2.0 * d) - value(fixed - 2.0 * d)))
        / (12.0 * d);
    assert!(close(map.slope(fixed).unwrap(), difference, 1e-9, 0.0));
    assert!(map.slope(fixed).unwrap() < 1.0);
}
