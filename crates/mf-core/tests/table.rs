//! The table of products against the products themselves.
#![allow(clippy::unwrap_used)]

use mf_core::activation::ProductTable;
use mf_core::{Activation, Relu, Response, StepActivation, StochasticActivation};

/// The error that the table states, of `E[f^2]`.
const STATED: f64 = 1e-12;

fn check<R: Response>(what: &str, response: &R) {
    let table = ProductTable::new(response);
    let near_ends = (0..15).map(|k| libm::exp2(-3.0 * f64::from(k)));
    let near_ends = near_ends.flat_map(|e| [1.0 - e, e - 1.0]);
    let even = (-500..=500).map(|k| f64::from(k) / 500.0);
    for c in near_ends.chain(even) {
        let (found, product) = (table.product(c), response.product(response, c));
        let off = (found - product).abs() / response.mean_square();
        assert!(off < STATED, "{what} at {c}: {found}, not {product}");
    }
    assert!(table.product(f64::NAN).is_nan() && table.product(1.1).is_nan());
}

#[test]
fn tables_give_the_products() {
    for states in [2, 3, 4, 16, 64] {
        let phi = StepActivation::uniform(states).unwrap();
        check(&format!("{states} states"), &phi.response(0.8));
    }
    let skewed = StepActivation::new(vec![-0.9, 0.1, 0.105], vec![-0.3, 0.2, 0.25, 2.0]).unwrap();
    check("skewed", &skewed.response(1.0));
    check(
        "stochastic",
        &StochasticActivation::new(&skewed).response(1.3),
    );
    check("rectifier", &Relu.response(1.0));
}
