//! Products of two inputs, of different variances too, against integrals to 25 digits (data/make_products.py).
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, Row};
use mf_core::{Activation, Erf, Relu, Response, StepActivation};

/// Of `sqrt(E[f^2] E[g^2])`, and of the slope's own scale: rounding of some hundred terms.
const TIGHT: f64 = 1e-13;

fn check<A: Activation>(phi: &A, row: Row<'_>) {
    let [q1, q2, c] = ["q1", "q2", "correlation"].map(|name| row.f64(name));
    let (f, g) = (phi.response(q1), phi.response(q2));
    let place = format!("{} at {q1}, {q2}, {c}", row.text("name"));
    let scale = (f.mean_square() * g.mean_square()).sqrt();
    let off = (f.product(&g, c) - row.f64("product")).abs();
    assert!(
        off < TIGHT * scale,
        "product of {place}: {off:e} of {scale}"
    );
    let slope = row.f64("slope");
    let off = (f.product_slope(&g, c) - slope).abs();
    // Near C = ±1 relative to itself; elsewhere it is a sum with both signs.
    assert!(
        off < TIGHT * slope.abs().max(scale),
        "slope of {place}: {off:e} of {slope}"
    );
    // The two inputs can be exchanged.
    let other = g.product(&f, c);
    assert!(
        (other - row.f64("product")).abs() < TIGHT * scale,
        "{place}, exchanged"
    );
}

#[test]
fn products_at_two_variances_agree_with_high_precision() {
    let file = Reference::parse(include_str!("data/products.csv"));
    let levels = |levels: &[f64]| StepActivation::halfway(levels.to_vec()).unwrap();
    let even = |from: f64, steps: u32| {
        let level = |k| from + (1.0 - from) * f64::from(k) / f64::from(steps);
        levels(&(0..=steps).map(level).collect::<Vec<_>>())
    };
    for row in file.rows() {
        match row.text("name") {
            "uniform-16" => check(&even(-1.0, 15), row),
            "relu-4" => check(&even(0.0, 15), row),
            "ternary" => check(&levels(&[-1.0, 0.0, 1.0]), row),
            "uneven" => check(&levels(&[-0.2, 0.1, 0.2, 0.9, 1.6]), row),
            "erf" => check(&Erf, row),
            "relu" => check(&Relu, row),
            other => panic!("{other}"),
        }
    }
}
