//! The normal distribution to 37 standard deviations, against values at 120 digits (data/make_far_tails.py).
#![allow(clippy::unwrap_used)]

mod common;

use common::{Reference, close};
use mf_core::gaussian::{cdf, interval_probability, pdf, tail_moments, upper_tail};

/// Rounding of some tens of operations. Rounding the argument of `exp(-x^2/2)` would cost `x^2 / 2` units: 8e-14 at 37.
const TIGHT: f64 = 1e-13;

/// All differences of a kind at once, the largest last.
fn judge(what: &str, mut off: Vec<(f64, String)>) {
    off.retain(|(size, _)| size.is_nan() || *size > TIGHT);
    off.sort_by(|a, b| a.0.total_cmp(&b.0));
    let listed: Vec<String> = off
        .iter()
        .map(|(d, at)| format!("{d:.1e} at {at}"))
        .collect();
    assert!(off.is_empty(), "{what} is off by\n{}", listed.join("\n"));
}

fn relative(value: f64, reference: f64) -> f64 {
    (value - reference).abs() / reference
}

#[test]
fn densities_and_tails_keep_their_digits_far_out() {
    let file = Reference::parse(include_str!("data/far_tails.csv"));
    let mut off = [Vec::new(), Vec::new(), Vec::new()];
    for row in file.rows() {
        let x = row.f64("x");
        let (density, tail) = (row.f64("density"), row.f64("j0"));
        off[0].push((relative(pdf(x), density), format!("{x}")));
        off[0].push((relative(pdf(-x), density), format!("{}", -x)));
        off[1].push((relative(upper_tail(x), tail), format!("{x}")));
        off[1].push((relative(cdf(-x), tail), format!("{}", -x)));
        for (name, moment) in ["j0", "j1", "j2", "j3"].iter().zip(tail_moments::<4>(x)) {
            off[2].push((relative(moment, row.f64(name)), format!("{name}({x})")));
        }
        assert!(close(upper_tail(-x), 1.0 - tail, 2e-16, 0.0), "{x}");
        assert!(close(cdf(x), 1.0 - tail, 2e-16, 0.0), "{x}");
    }
    let [densities, tails, moments] = off;
    let said = [("pdf", densities), ("tail", tails), ("moment", moments)];
    said.into_iter().for_each(|(what, off)| judge(what, off));
}

#[test]
fn probabilities_of_intervals_keep_their_digits_far_out() {
    let file = Reference::parse(include_str!("data/far_intervals.csv"));
    let of = |row: common::Row| {
        let (from, to) = (row.f64("from"), row.f64("to"));
        let found = interval_probability(from, to);
        (
            relative(found, row.f64("probability")),
            format!("{from}..{to}"),
        )
    };
    judge("the probability", file.rows().map(of).collect());
}
