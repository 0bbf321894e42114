//! Inputs and measurements against geometry and closed forms.
#![allow(clippy::unwrap_used)]

use mf_sim::Inputs;
use std::f64::consts::PI;

/// Inputs are f32: each value is off by 6e-8 of itself, and sums of squares by no more.
const SINGLE: f64 = 2e-7;

#[test]
fn a_circle_has_the_covariance_of_a_circle() {
    for (points, width, variance) in [(300, 1000, 0.7), (7, 2, 1.0), (64, 65, 1e-4), (1, 5, 3.0)] {
        let inputs = Inputs::circle(points, width, variance, 5).unwrap();
        let hidden = inputs.states();
        assert!((hidden.variance() / variance - 1.0).abs() < SINGLE);
        let measured = hidden.angle_covariance();
        assert_eq!(measured.len(), points);
        for (apart, covariance) in measured.iter().enumerate() {
            let expected = variance * libm::cos(2.0 * PI * apart as f64 / points as f64);
            // Blocks of 64 products are summed in f32.
            assert!(
                (covariance - expected).abs() < 5.0 * SINGLE * variance,
                "{apart} of {points}"
            );
        }
        for point in 0..points {
            let expected = variance * libm::cos(2.0 * PI * point as f64 / points as f64);
            assert!((hidden.covariance(0, point) - expected).abs() < SINGLE * variance);
        }
    }
}

#[test]
fn the_circle_starts_at_minus_pi() {
    // Opposite points are mirrored, so point 0 (at -pi) is minus the point at 0.
    let inputs = Inputs::circle(8, 50, 1.0, 5).unwrap();
    let (start, middle) = (inputs.states().row(0), inputs.states().row(4));
    assert!(start.iter().zip(&middle).all(|(a, b)| (a + b).abs() < 1e-6));
}

#[test]
fn correlations_have_the_given_values() {
    let correlations = [1.0, 0.999, 0.5, 0.0, -0.25, -1.0];
    for width in [7, 64, 1000] {
        let inputs = Inputs::with_correlations(&correlations, width, 0.3, 8).unwrap();
        let hidden = inputs.states();
        for (index, c) in correlations.iter().enumerate() {
            assert!((hidden.correlation(0, index + 1) - c).abs() < SINGLE, "{c}");
            assert!((hidden.covariance(index + 1, index + 1) - 0.3).abs() < SINGLE);
        }
        // Apart from their common part with the first point, the others are orthogonal.
        assert!((hidden.correlation(2, 3) - 0.999 * 0.5).abs() < SINGLE);
    }
}

#[test]
fn rows_come_back_unchanged() {
    let rows = vec![vec![1.0, -2.0, 0.5], vec![0.0, 3.0, -1.0]];
    let inputs = Inputs::from_rows(&rows).unwrap();
    let hidden = inputs.states();
    assert_eq!((hidden.points(), hidden.width()), (2, 3));
    assert_eq!(
        (hidden.row(0), hidden.row(1)),
        (rows[0].clone(), rows[1].clone())
    );
    assert_eq!(hidden.value(1, 1), 3.0);
    assert_eq!(
        hidden.covariances(),
        [5.25 / 3.0, -6.5 / 3.0, -6.5 / 3.0, 10.0 / 3.0]
    );
    assert_eq!(hidden.variance(), 15.25 / 6.0);
    assert_eq!(hidden.correlation(0, 1), -6.5 / (5.25_f64 * 10.0).sqrt());
}

#[test]
fn tables_of_covariances_agree_with_pairs() {
    let inputs = Inputs::with_correlations(&[0.3; 140], 201, 0.8, 2).unwrap();
    let hidden = inputs.states();
    let table = hidden.covariances();
    for a in 0..141 {
        for b in 0..141 {
            assert!(
                (table[a * 141 + b] - hidden.covariance(a, b)).abs() < SINGLE,
                "{a}, {b}"
            );
        }
    }
}

#[test]
fn a_circle_has_two_equal_components() {
    let inputs = Inputs::circle(60, 500, 0.7, 5).unwrap();
    let found = inputs.states().principal_components(3).unwrap();
    assert_eq!((found.scores.len(), found.shares.len()), (3, 3));
    assert!((found.shares[0] - 0.5).abs() < 1e-6 && (found.shares[1] - 0.5).abs() < 1e-6);
    assert!(found.shares[2].abs() < 1e-6);
    for point in 0..60 {
        let (x, y) = (found.scores[0][point], found.scores[1][point]);
        assert!((x * x + y * y - 0.7).abs() < 1e-5, "point {point}");
    }
}

/// Components of another sign are aligned with those of the layer before.
#[test]
fn aligned_components_have_the_signs_of_those_before() {
    let rows = [
        [0.0, 1.0, 5.0],
        [2.0, 7.0, 1.0],
        [3.0, 0.0, 0.5],
        [1.0, 2.0, 4.0],
    ];
    let inputs = Inputs::from_rows(&rows.map(|row| row.to_vec())).unwrap();
    let found = inputs.states().principal_components(3).unwrap();
    let mut flipped = found.clone();
    flipped.scores[1]
        .iter_mut()
        .for_each(|score| *score = -*score);
    assert_ne!(flipped, found);
    assert_eq!(flipped.aligned(&found), found);
}

#[test]
fn components_are_about_the_mean() {
    let rows: Vec<Vec<f32>> = [0.0, 1.0, 2.0, 7.0]
        .iter()
        .map(|t| vec![3.0 + t, 4.0])
        .collect();
    let inputs = Inputs::from_rows(&rows).unwrap();
    let found = inputs.states().principal_components(9).unwrap();
    assert_eq!(found.shares.len(), 4);
    assert!((found.shares[0] - 1.0).abs() < 1e-12);
    for (score, place) in found.scores[0].iter().zip([-2.5, -1.5, -0.5, 4.5]) {
        assert!((score - place / 2.0_f64.sqrt()).abs() < 1e-12);
    }
}

#[test]
fn components_agree_with_high_precision() {
    let text = include_str!("../../../data/reference/high_precision/components.csv");
    let mut lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let cells = |line: &str| -> Vec<f64> {
        let cells = line.split(',').skip(1).filter(|cell| !cell.is_empty());
        cells.map(|cell| cell.parse().unwrap()).collect()
    };
    let shares = cells(lines.next().unwrap());
    let points: Vec<Vec<f64>> = lines.map(cells).collect();
    let coordinates = |point: &Vec<f64>| point[..6].iter().map(|x| *x as f32).collect();
    let rows: Vec<Vec<f32>> = points.iter().map(coordinates).collect();
    let found = Inputs::from_rows(&rows)
        .unwrap()
        .states()
        .principal_components(3)
        .unwrap();
    // Some units of the last place of the largest score, 8, over the eigenvalues' relative distance, 0.3.
    for (component, scores) in found.scores.iter().enumerate() {
        assert!((found.shares[component] - shares[component]).abs() < 1e-14);
        for (score, point) in scores.iter().zip(&points) {
            let expected = point[6 + component];
            assert!((score - expected).abs() < 2e-14, "{score} {expected}");
        }
    }
}

/// As many points as figure 1 has, so deep that no two eigenvalues are equal up to rounding in f32.
#[test]
fn components_are_orthogonal_and_hold_the_whole_variance() {
    const POINTS: usize = 300;
    let directions: Vec<_> = (0..7)
        .map(|index| Inputs::circle(POINTS, 128, 1.0, index).unwrap())
        .collect();
    let point = |point: usize| -> Vec<f32> {
        let scaled = directions.iter().enumerate().map(|(index, circle)| {
            let flipped = circle.states().row(point * (index + 1) % POINTS);
            flipped.into_iter().map(move |x| x / (index + 1) as f32)
        });
        scaled.fold(vec![0.0; 128], |sum, row| {
            sum.iter().zip(row).map(|(a, b)| a + b).collect()
        })
    };
    let rows: Vec<Vec<f32>> = (0..POINTS).map(point).collect();
    let inputs = Inputs::from_rows(&rows).unwrap();
    let found = inputs.states().principal_components(POINTS).unwrap();
    let shares: f64 = found.shares.iter().sum();
    // Covariances are f32 within blocks: rounding makes eigenvalues of 0 some 1e-9, and those below 0 count as 0.
    assert!((shares - 1.0).abs() < 1e-6, "{shares}");
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let total = inputs.states().variance() * POINTS as f64;
    for (k, a) in found.scores.iter().enumerate().take(14) {
        assert!((dot(a, a) / total - found.shares[k]).abs() < 1e-3 * found.shares[k]);
        for b in &found.scores[..k] {
            let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
            assert!(cosine.abs() < 1e-12, "{cosine}");
        }
    }
}

/// Signs do not depend on the last bits: of opposite points the first counts.
#[test]
fn the_first_of_the_largest_scores_is_positive() {
    for tilt in [-1e-7, 0.0, 1e-7] {
        let rows = [-1.0_f32, 0.3, 1.0 + tilt, -0.3].map(|x| vec![x, 0.5 * x]);
        let found = Inputs::from_rows(&rows).unwrap();
        let found = found.states().principal_components(1).unwrap();
        assert!(found.scores[0][0] > 0.0 && found.scores[0][2] < 0.0);
    }
}

#[test]
fn equal_points_have_no_components() {
    let inputs = Inputs::from_rows(&vec![vec![0.1, 0.7]; 7]).unwrap();
    let found = inputs.states().principal_components(1).unwrap();
    assert_eq!(
        (found.shares, found.scores),
        (vec![0.0], vec![vec![0.0; 7]])
    );
}
