//! The paper's headline by both recipes: the fits of theory section 5, to all five digits.

#![allow(clippy::unwrap_used)]

mod recipes;

use mf_fit::{FitError, Line, SpacingScan, UniformOptimum, power_law, uniform_optimum};
use recipes::{states, states_plus_one};

/// Half a unit of the fifth digit after the point.
const PRINTED: f64 = 5e-6;

fn exact() -> Vec<UniformOptimum> {
    states()
        .into_iter()
        .map(|n| uniform_optimum(n).unwrap())
        .collect()
}

fn scanned() -> Vec<UniformOptimum> {
    let scan = SpacingScan::authors();
    states()
        .into_iter()
        .map(|n| scan.optimum(n).unwrap())
        .collect()
}

fn slope_fit(x: &[f64], optima: &[UniformOptimum]) -> Line {
    let y: Vec<f64> = optima
        .iter()
        .map(|optimum| optimum.one_minus_slope)
        .collect();
    power_law(x, &y).unwrap()
}

fn spacing_fit(x: &[f64], optima: &[UniformOptimum]) -> Line {
    let y: Vec<f64> = optima.iter().map(|optimum| optimum.spacing).collect();
    power_law(x, &y).unwrap()
}

fn assert_line(line: Line, slope: f64, intercept: f64) {
    assert!((line.slope - slope).abs() <= PRINTED, "{line:?}");
    assert!((line.intercept - intercept).abs() <= PRINTED, "{line:?}");
    assert_eq!(line.points, 69);
}

#[test]
fn exact_recipe() {
    let (x, optima) = (states_plus_one(), exact());
    assert_line(slope_fit(&x, &optima), -1.81580, 0.70525);
    assert_line(spacing_fit(&x, &optima), -0.88354, 1.41730);
}

#[test]
fn authors_recipe() {
    let (x, optima) = (states_plus_one(), scanned());
    assert_line(slope_fit(&x, &optima), -1.81392, 0.69919);
    assert_line(spacing_fit(&x, &optima), -0.88103, 1.40897);
}

#[test]
fn printed_errors_and_coefficients_of_determination() {
    // The notebook: -1.8172 +- 0.0030, R^2 0.9998, and R^2 0.99996 of the spacing (0.99994 without its rounding).
    let (x, optima) = (states_plus_one(), exact());
    let line = slope_fit(&x, &optima);
    assert!((line.slope_error - 0.0030).abs() < 5e-5, "{line:?}");
    assert!((line.r_squared - 0.9998).abs() < 5e-5, "{line:?}");
    assert!((line.slope + 1.8172).abs() < line.slope_error, "{line:?}");
    let spacing = spacing_fit(&x, &optima);
    assert!((spacing.r_squared - 0.99994).abs() < 5e-6, "{spacing:?}");
    assert!((spacing.slope + 0.8790).abs() > 0.00066, "{spacing:?}");
}

#[test]
fn the_slope_on_the_number_of_states_itself_differs() {
    let x: Vec<f64> = states().iter().map(|n| *n as f64).collect();
    let line = slope_fit(&x, &exact());
    assert!((line.slope + 1.75273).abs() <= PRINTED, "{line:?}");
}

#[test]
fn authors_rows_agree_within_their_print_and_one_step() {
    let scan = SpacingScan::authors();
    let mut rows = 0;
    for line in include_str!("../../../data/reference/authors_optimal_spacing_even.csv").lines() {
        if line.starts_with('#') || line.starts_with("levels") {
            continue;
        }
        let cells: Vec<&str> = line.split(',').collect();
        let ours = scan.optimum(cells[0].parse().unwrap()).unwrap();
        let one_minus_slope: f64 = cells[1].parse().unwrap();
        let spacing: f64 = cells[2].parse().unwrap();
        // Six printed decimals of a single precision number.
        assert!(
            (ours.one_minus_slope - one_minus_slope).abs() <= 1.1e-6,
            "{line}: {ours:?}"
        );
        // One step, and half a unit of the printed sixth decimal.
        assert!(
            (ours.spacing - spacing).abs() <= scan.step() + 5e-7,
            "{line}: {ours:?}"
        );
        rows += 1;
    }
    assert_eq!(rows, 34);
}

#[test]
fn the_result_of_the_scan_is_one_of_its_steps_at_large_n() {
    let scan = SpacingScan::authors();
    assert!((scan.step() - 0.0010005).abs() < 5e-8);
    assert!((scan.optimum(1024).unwrap().spacing - 0.009005).abs() < 5e-7);
    assert!((uniform_optimum(1024).unwrap().spacing - 0.00878546).abs() < 5e-9);
}

#[test]
fn a_scan_never_beats_the_exact_optimum() {
    for (scanned, exact) in scanned().iter().zip(exact()) {
        assert!(
            scanned.one_minus_slope >= exact.one_minus_slope,
            "{scanned:?}"
        );
        // The best point of a scan is within one step of the optimum.
        let step = SpacingScan::authors().step();
        assert!(
            (scanned.spacing - exact.spacing).abs() < step,
            "{scanned:?}"
        );
    }
}

#[test]
fn scan_points_are_evenly_spaced_with_both_ends_but_zero() {
    let scan = SpacingScan {
        points: 5,
        from: 0.0,
        to: 2.0,
    };
    assert_eq!(scan.spacings().collect::<Vec<_>>(), [0.5, 1.0, 1.5, 2.0]);
    let scan = SpacingScan {
        points: 2,
        from: 0.5,
        to: 0.75,
    };
    assert_eq!(scan.spacings().collect::<Vec<_>>(), [0.5, 0.75]);
    assert_eq!(SpacingScan::authors().spacings().count(), 1999);
}

#[test]
fn invalid_scans_are_refused() {
    let scan = |points, from, to| SpacingScan { points, from, to }.optimum(4);
    for (points, from, to) in [
        (1, 0.0, 2.0),
        (9, 1.0, 1.0),
        (9, -1.0, 1.0),
        (9, f64::NAN, 1.0),
        (9, 0.0, f64::NAN),
        (9, 0.0, f64::INFINITY),
    ] {
        assert!(matches!(scan(points, from, to), Err(FitError::Scan { .. })));
    }
    // The best spacing of 4 states is 0.9957.
    assert!(matches!(
        scan(9, 0.0, 0.5),
        Err(FitError::ScanEnd { spacing: 0.5, .. })
    ));
    assert!(matches!(
        scan(9, 1.5, 2.0),
        Err(FitError::ScanEnd { spacing: 1.5, .. })
    ));
    assert!(matches!(
        SpacingScan::authors().optimum(2),
        Err(FitError::States { least: 3, .. })
    ));
}
