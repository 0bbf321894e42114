//! `make bench`: the numbers of the trade-off compared with plain implementations, as medians and ratios of the same
//! run.
//!
//! The peer of the 69 optima is the authors' recipe, implemented literally: for each N and each of 2,000 spacings the
//! double sum over pairs of thresholds, O(N^2) a spacing.
#![allow(clippy::disallowed_macros, clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use mf_core::activation::ProductTable;
use mf_core::{Activation, CorrelationMap, StepActivation, gaussian, uniform};
use mf_fit::{SpacingScan, uniform_optimum};

/// The largest N of a short run.
const SHORT_STATES: u64 = 16;

/// The N of figure 2: 69 numbers of states.
fn states_of_figure_2() -> Vec<u64> {
    let even = (4..=62).step_by(2).chain([128, 256, 512, 1024]);
    let odd = (3..=63).step_by(2).chain([125, 255, 515, 1025]);
    even.chain(odd).collect()
}

/// Whether to run everything once, in a small size (`-- --short`), as a test: the times then mean nothing.
fn short() -> bool {
    std::env::args().any(|argument| argument == "--short")
}

/// Median seconds of `work` over `runs` runs, after one run to warm up.
fn median<T>(runs: usize, mut work: impl FnMut() -> T) -> f64 {
    let runs = if short() { 1 } else { runs };
    black_box(work());
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// A duration in the unit that reads best.
fn readable(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s if s >= 1e-6 => format!("{:.2} us", s * 1e6),
        s => format!("{:.0} ns", s * 1e9),
    }
}

/// The least 1 - chi over the authors' 2,000 spacings on [0, 2], every pair of thresholds summed.
fn plain_scan(states: u64) -> f64 {
    let mut best = 1.0_f64;
    for point in 1..2000 {
        let spacing = 2.0 * f64::from(point) / 1999.0;
        let thresholds: Vec<f64> = (1..states)
            .map(|k| (k as f64 - 0.5 * states as f64) * spacing)
            .collect();
        let density: Vec<f64> = thresholds.iter().map(|&g| gaussian::pdf(g)).collect();
        let above: Vec<f64> = thresholds
            .iter()
            .map(|&g| gaussian::upper_tail(g))
            .collect();
        let below: Vec<f64> = thresholds.iter().map(|&g| gaussian::cdf(g)).collect();
        let (mut numerator, mut denominator) = (0.0, 0.0);
        for i in 0..thresholds.len() {
            for j in 0..thresholds.len() {
                let (low, high) = if i < j { (i, j) } else { (j, i) };
                numerator += density[i] * density[j];
                denominator += above[high] * below[low];
            }
        }
        best = best.min(1.0 - numerator / denominator);
    }
    best
}

fn trade_off() {
    let mut all = states_of_figure_2();
    if short() {
        all.retain(|states| *states <= SHORT_STATES);
    }
    let exact = median(21, || {
        all.iter()
            .map(|&n| uniform_optimum(n).unwrap().spacing)
            .sum::<f64>()
    });
    let scan = median(3, || {
        all.iter()
            .map(|&n| SpacingScan::authors().optimum(n).unwrap().spacing)
            .sum::<f64>()
    });
    let start = Instant::now();
    let least: Vec<f64> = all.iter().map(|&n| plain_scan(n)).collect();
    let plain = start.elapsed().as_secs_f64();
    for (&n, least) in all.iter().zip(least) {
        let ours = SpacingScan::authors().optimum(n).unwrap().one_minus_slope;
        assert!(
            (ours - least).abs() < 1e-12,
            "the peer computes something else at N = {n}"
        );
    }
    println!("{} optima of figure 2", all.len());
    println!(
        "  exact                              {:>12}",
        readable(exact)
    );
    println!(
        "  authors' recipe, O(N) a spacing    {:>12}   {:>10.0} x exact",
        readable(scan),
        scan / exact
    );
    println!(
        "  authors' recipe, plain O(N^2)      {:>12}   {:>10.0} x exact",
        readable(plain),
        plain / exact
    );
}

fn one_optimum() {
    println!("chi_max of one N");
    for states in [10, 1_000, 1_000_000, 1_000_000_000] {
        let seconds = median(1001, || uniform_optimum(black_box(states)).unwrap());
        println!(
            "  N = {states:<13}                  {:>12}",
            readable(seconds)
        );
    }
}

fn correlation_map() {
    println!("correlation map M(C)");
    for states in [16, 1024] {
        let phi = StepActivation::uniform(states).unwrap();
        let build = median(101, || {
            CorrelationMap::new(black_box(&phi), 1.0, 0.0, 1.0).unwrap()
        });
        println!(
            "  N = {states:<4}  prepare a map             {:>12}",
            readable(build)
        );
        let map = CorrelationMap::new(&phi, 1.0, 0.0, 1.0).unwrap();
        let response = phi.response(1.0);
        let tabulate = median(3, || ProductTable::new(&response));
        let table = ProductTable::new(&response);
        let build = readable(tabulate);
        println!("  N = {states:<4}  prepare a table           {build:>12}");
        for c in [0.5, 0.99] {
            let seconds = median(1001, || map.value(black_box(c)).unwrap());
            println!(
                "  N = {states:<4}  M({c:<4})                   {:>12}",
                readable(seconds)
            );
            let tabulated = median(1001, || table.product(black_box(c)));
            println!(
                "  N = {states:<4}  the same from the table   {:>12}   {:>10.0} x faster",
                readable(tabulated),
                seconds / tabulated
            );
        }
    }
}

fn one_evaluation() {
    let seconds = median(1001, || {
        uniform::UniformError::new(black_box(1024), black_box(0.009)).unwrap()
    });
    println!(
        "one evaluation of the exact error at N = 1024   {}",
        readable(seconds)
    );
}

fn main() {
    trade_off();
    one_optimum();
    one_evaluation();
    correlation_map();
}
