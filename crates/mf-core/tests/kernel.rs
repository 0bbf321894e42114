//! Kernels of wide networks against other programs, closed forms, and each other.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::Reference;
use mf_core::kernel::{KernelError, KernelNetwork, KernelTable, Parametrization, Row, Tangent};
use mf_core::{
    Activation, Architecture, Erf, Identity, Relu, Response, StepActivation, StochasticActivation,
    Surrogate, propagate_at_unit_variance,
};
use std::collections::HashMap;

/// The rows of all inputs after some numbers of layers, each with all inputs.
fn rows_after<A: Activation>(
    network: &KernelNetwork<'_, A>,
    gram: &[Vec<f64>],
    layers: &[usize],
) -> Vec<Vec<Row>> {
    let squares: Vec<f64> = (0..gram.len()).map(|i| gram[i][i]).collect();
    let mut layer = network.start(&squares).unwrap();
    let mut rows: Vec<Row> = (0..gram.len())
        .map(|i| network.row(i, &gram[i]).unwrap())
        .collect();
    let mut found = Vec::new();
    for done in 0..=layers.last().copied().unwrap() {
        if layers.contains(&done) {
            found.push(rows.iter().map(|row| layer.outputs(row)).collect());
        }
        rows.iter_mut().for_each(|row| layer.advance(row));
        layer = layer.next().unwrap();
    }
    found
}

fn gram() -> Vec<Vec<f64>> {
    let file = Reference::parse(include_str!(
        "../../../data/reference/kernels/neural_tangents_inputs.csv"
    ));
    let mut gram = vec![vec![0.0; 6]; 6];
    for row in file.rows() {
        gram[row.u64("i") as usize][row.u64("j") as usize] = row.f64("k0");
    }
    gram
}

/// Inputs of six different norms, one pair nearly parallel, one opposite, one parallel: all kernels to `1e-12`, of the kernel of the
/// inputs with themselves. In chaotic networks of 100 layers (erf, sigma_w = 1.3) rounding errors of the other program grow: the tangent
/// kernel grows by 1.1 a layer.
#[test]
fn kernels_are_those_of_neural_tangents() {
    const TOLERANCE: f64 = 1e-12;
    // The last bit of a correlation next to ±1 is an angle of 1e-8, and layers amplify it.
    const PARALLEL: f64 = 3e-7;
    let file = Reference::parse(include_str!(
        "../../../data/reference/kernels/neural_tangents_kernels.csv"
    ));
    let layers = [1, 2, 5, 20, 100];
    let gram = gram();
    let mut known: HashMap<String, Vec<Vec<Row>>> = HashMap::new();
    let mut compared = 0;
    for row in file.rows() {
        let (phi, parametrization) = (row.text("activation"), row.text("parametrization"));
        let (sigma_w, sigma_b) = (row.f64("sigma_w"), row.f64("sigma_b"));
        let name = format!("{phi} {sigma_w} {sigma_b} {parametrization}");
        let parametrization = match parametrization {
            "ntk" => Parametrization::Ntk,
            _ => Parametrization::Standard {
                inputs: 5,
                width: 16,
            },
        };
        let all = known.entry(name.clone()).or_insert_with(|| {
            fn of<A: Activation>(
                phi: &A,
                sigma: (f64, f64),
                p: Parametrization,
                gram: &[Vec<f64>],
                layers: &[usize],
            ) -> Vec<Vec<Row>> {
                let network = KernelNetwork::chain(phi, sigma.0, sigma.1).unwrap();
                let network = network
                    .with_parametrization(p)
                    .with_tangents(&[Tangent::Exact]);
                rows_after(&network, gram, layers)
            }
            match phi {
                "erf" => of(&Erf, (sigma_w, sigma_b), parametrization, &gram, &layers),
                _ => of(&Relu, (sigma_w, sigma_b), parametrization, &gram, &layers),
            }
        });
        let place = layers
            .iter()
            .position(|l| *l as u64 == row.u64("layers"))
            .unwrap();
        let (i, j) = (row.u64("i") as usize, row.u64("j") as usize);
        let rows = &all[place];
        let size = (gram[i][i] * gram[j][j]).sqrt();
        let parallel = i != j && gram[i][j].abs() / size > 1.0 - 1e-15;
        let tolerance = if parallel { PARALLEL } else { TOLERANCE };
        let off = |found: f64, expected: f64, scale: f64| (found - expected).abs() / scale;
        let forward = (rows[i].covariances[i] * rows[j].covariances[j]).sqrt();
        let tangent = (rows[i].tangents[0][i] * rows[j].tangents[0][j]).sqrt();
        let found = off(rows[i].covariances[j], row.f64("nngp"), forward);
        assert!(
            found < tolerance,
            "{name} {} {i} {j}: K off by {found}",
            row.u64("layers")
        );
        let found = off(rows[i].tangents[0][j], row.f64("ntk"), tangent);
        assert!(
            found < tolerance,
            "{name} {} {i} {j}: Theta off by {found}",
            row.u64("layers")
        );
        compared += 1;
    }
    assert_eq!(compared, 4 * 5 * 36);
}

/// 18 digits by mpmath, for pairs of variances 0.5, 1 and 2, near to parallel and on opposite sides.
#[test]
fn the_three_kernels_of_quantized_networks() {
    const TOLERANCE: f64 = 2e-13;
    let file = Reference::parse(include_str!(
        "../../../data/reference/kernels/quantized_kernels.csv"
    ));
    let variances = [0.5, 1.0, 2.0_f64];
    let correlation = |i: usize, j: usize| match (i.min(j), i.max(j)) {
        (0, 1) => 0.3,
        (0, 2) => -0.6,
        (1, 2) => 0.95,
        _ => 1.0,
    };
    let covariance = |i: usize, j: usize| {
        if i == j {
            variances[i]
        } else {
            correlation(i, j) * (variances[i] * variances[j]).sqrt()
        }
    };
    let gram: Vec<Vec<f64>> = (0..3)
        .map(|i| (0..3).map(|j| covariance(i, j)).collect())
        .collect();
    for (name, levels, thresholds, height) in [
        ("sign", vec![-1.0, 1.0], vec![0.0], 0.9),
        ("ternary", vec![-1.0, 0.0, 1.0], vec![-0.5, 0.5], 1.1),
    ] {
        let phi = StepActivation::new(thresholds, levels).unwrap();
        let rho = Surrogate::new(height, -1.0, 1.0).unwrap();
        let network = KernelNetwork::chain(&phi, 1.2, 0.1).unwrap();
        let tangents = [Tangent::Surrogate(rho), Tangent::Mixed(rho), Tangent::Exact];
        let network = network.with_tangents(&tangents);
        let layers = [0, 1, 2, 4, 9];
        let found = rows_after(&network, &gram, &layers);
        for row in file.rows().filter(|row| row.text("activation") == name) {
            let place = layers
                .iter()
                .position(|l| *l as u64 + 1 == row.u64("layer"))
                .unwrap();
            let (i, j) = (row.u64("i") as usize, row.u64("j") as usize);
            let seen = &found[place][i];
            let close = |what: &str, found: f64| {
                let expected = row.f64(what);
                let off = (found - expected).abs() / expected.abs().max(0.1);
                assert!(
                    off < TOLERANCE,
                    "{name} {what} layer {} {i} {j}: {found} {expected}",
                    row.u64("layer")
                );
            };
            close("covariance", seen.covariances[j]);
            close("surrogate", seen.tangents[0][j]);
            close("mixed", seen.tangents[1][j]);
            if i != j {
                close("exact", seen.tangents[2][j]);
            } else if row.u64("layer") > 1 {
                assert_eq!(seen.tangents[2][j], f64::INFINITY);
            }
        }
    }
}

/// With a window without ends the surrogate is a constant: `E[phi' rho]` is the mean slope, which by Price's theorem is the derivative of a
/// product with the identity.
#[test]
fn an_open_window_sees_the_mean_slope() {
    const TOLERANCE: f64 = 1e-13;
    fn check<A: Activation>(phi: &A, mean_slope: f64) {
        let open = Surrogate::new(0.7, f64::NEG_INFINITY, f64::INFINITY).unwrap();
        for c in [-1.0, -0.95, -0.3, 0.0, 0.5, 0.99, 1.0] {
            let found = phi.response(2.0).windowed_slope(&open.window(0.5), c);
            let expected = 0.7 * 2.0_f64.sqrt() * mean_slope;
            assert!(
                (found - expected).abs() < TOLERANCE,
                "{c}: {found} {expected}"
            );
        }
    }
    let pi = std::f64::consts::PI;
    check(&Identity, 1.0);
    check(&Relu, 0.5);
    // E[erf'(u)] = (2 / sqrt(pi)) / sqrt(1 + 2 Q).
    check(&Erf, 2.0 / (pi * 5.0).sqrt());
    // The density of a threshold at 0, times the step 2.
    check(
        &StepActivation::uniform(2).unwrap(),
        2.0 / (2.0 * pi * 2.0).sqrt(),
    );
    let clipped = StochasticActivation::new(&StepActivation::uniform(4).unwrap());
    check(
        &clipped,
        mf_core::gaussian::interval_probability(-0.5_f64.sqrt(), 0.5_f64.sqrt()),
    );
}

/// `E[phi'(u1) rho(u2)]` for a smooth activation is the mean of the mixed kernels of fine steps: a staircase of the error function.
#[test]
fn fine_steps_have_the_mixed_kernel_of_their_limit() {
    // Steps of 1/64: midpoint sums, to the square of the step.
    const TOLERANCE: f64 = 2e-5;
    let ends: Vec<f64> = (-512..=512).map(|i| f64::from(i) / 128.0).collect();
    let levels = ends
        .iter()
        .step_by(2)
        .map(|x| libm::erf(*x))
        .collect::<Vec<_>>();
    let thresholds = ends.iter().skip(1).step_by(2).copied().collect();
    let steps = StepActivation::new(thresholds, levels).unwrap();
    let rho = Surrogate::new(1.0, -0.6, 0.9).unwrap().window(1.3);
    for c in [-0.8, 0.0, 0.4, 0.97] {
        let [fine, smooth] = [
            steps.response(0.8).windowed_slope(&rho, c),
            Erf.response(0.8).windowed_slope(&rho, c),
        ];
        assert!((fine - smooth).abs() < TOLERANCE, "{c}: {fine} {smooth}");
    }
    // Of equal inputs an end of the window at a threshold counts half.
    let sign = StepActivation::uniform(2).unwrap().response(1.0);
    let above = Surrogate::new(1.0, 0.0, 1.0).unwrap().window(1.0);
    let half = mf_core::gaussian::PDF_AT_ZERO;
    assert!((sign.windowed_slope(&above, 1.0) - half).abs() < 1e-15);
}

/// The table gives what the rows give, for each network, up to opposite inputs.
#[test]
fn tables_agree_with_rows() {
    const TOLERANCE: f64 = 1e-9;
    let phi = StepActivation::uniform(4).unwrap();
    let (sigma_w, signals) = propagate_at_unit_variance(&phi).unwrap();
    let rho = Surrogate::even(-1.0, 1.0, sigma_w, signals.variance).unwrap();
    let tangents = [Tangent::Surrogate(rho), Tangent::Mixed(rho), Tangent::Exact];
    let correlations = [0.98, 0.7, 0.2, -0.4, -1.0, 1.0];
    let gram = |c: f64| vec![vec![1.0, c], vec![c, 1.0]];
    let layers = [1, 3, 20];
    let networks = [
        KernelNetwork::chain(&phi, 1.3, 0.2).unwrap(),
        KernelNetwork::blocks(Architecture::Chain, &phi, None).unwrap(),
        KernelNetwork::blocks(Architecture::PreNorm, &phi, Some(0.5)).unwrap(),
        KernelNetwork::blocks(Architecture::PostNorm, &phi, None).unwrap(),
    ];
    for network in networks {
        let network = network.with_tangents(&tangents);
        let table = KernelTable::new(&network, &layers, 0.1).unwrap();
        for c in correlations {
            // Of correlation 1 the table has the input with itself.
            let column = usize::from(c != 1.0);
            let rows = rows_after(&network, &gram(c), &layers);
            for (place, rows) in rows.iter().enumerate() {
                let row = &rows[0];
                let close = |found: f64, expected: f64, scale: f64| {
                    let same = found == expected || (found - expected).abs() < TOLERANCE * scale;
                    assert!(same, "{c} {place}: {found} {expected}");
                };
                close(table.covariance(place, c), row.covariances[column], 1.0);
                for kernel in 0..3 {
                    let scale = row.tangents[kernel.min(1)][0];
                    close(
                        table.tangent(place, kernel, c),
                        row.tangents[kernel][column],
                        scale.max(row.tangents[kernel][column].abs()),
                    );
                }
            }
        }
        assert!(table.covariance(0, 0.9999).is_nan() && table.covariance(0, 1.1).is_nan());
        assert!(table.covariance(7, 0.5).is_nan());
    }
}

/// In a linear network each layer adds as much: `Theta = (L + 1) K` with `sigma_w = 1`, and in pre-norm and post-norm networks of the
/// identity the correlation stays.
#[test]
fn linear_networks_are_known() {
    const ROUNDING: f64 = 1e-14;
    let gram = vec![vec![1.0, 0.3], vec![0.3, 1.0]];
    let chain = KernelNetwork::chain(&Identity, 1.0, 0.0)
        .unwrap()
        .with_tangents(&[Tangent::Exact]);
    let rows = rows_after(&chain, &gram, &[12]);
    let row = &rows[0][0];
    assert!(
        (row.covariances[1] - 0.3).abs() < ROUNDING
            && (row.tangents[0][1] - 13.0 * 0.3).abs() < 13.0 * ROUNDING
    );
    // Pre-norm: K = 1 + L; Theta = T + (c + T / K), and the read-out c + T / K.
    let pre = KernelNetwork::blocks(Architecture::PreNorm, &Identity, None)
        .unwrap()
        .with_tangents(&[Tangent::Exact]);
    let rows = rows_after(&pre, &gram, &[2]);
    let (first, second) = (1.0 + 2.0, 3.0 + 1.0 + 3.0 / 2.0);
    assert_eq!(first, 3.0);
    let expected = 0.3 * (1.0 + second / 3.0);
    assert!((rows[0][0].tangents[0][1] - expected).abs() < ROUNDING);
    // Post-norm: after the norm T / 2 each time.
    let post = KernelNetwork::blocks(Architecture::PostNorm, &Identity, None)
        .unwrap()
        .with_tangents(&[Tangent::Exact]);
    let rows = rows_after(&post, &gram, &[2]);
    let first = 1.0 + (1.0 + 1.0);
    let second = first / 2.0 + (1.0 + first / 2.0);
    let expected = 0.3 * (1.0 + second / 2.0);
    assert!((rows[0][0].tangents[0][1] - expected).abs() < ROUNDING);
}

#[test]
fn wrong_networks_and_inputs_are_refused() {
    let sign = StepActivation::uniform(2).unwrap();
    let silent = StepActivation::new(vec![200.0], vec![0.0, 1.0]).unwrap();
    let stream = KernelNetwork::blocks(Architecture::QuantizedStream, &sign, None);
    assert!(matches!(stream, Err(KernelError::QuantizedStream)));
    let branch = KernelNetwork::blocks(Architecture::Chain, &sign, Some(1.0));
    assert!(
        branch
            .unwrap_err()
            .to_string()
            .starts_with("a chain has no skip path")
    );
    let nothing = KernelNetwork::blocks(Architecture::PreNorm, &silent, None);
    assert!(
        nothing
            .unwrap_err()
            .to_string()
            .starts_with("the quantizer is 0")
    );
    assert!(KernelNetwork::chain(&sign, 0.0, 0.0).is_err());
    let network = KernelNetwork::chain(&silent, 1.0, 0.0).unwrap();
    let error = network.start(&[1.0]).unwrap().next().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the hidden states of input 0 have the variance 0")
    );
    for covariance in [f64::NAN, f64::INFINITY] {
        let error = network.row(3, &[0.1, covariance]).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the covariance of inputs 3 and 1")
        );
    }
    let table = |layers: &[usize], angle| {
        let network = KernelNetwork::chain(&sign, 1.0, 0.0).unwrap();
        KernelTable::new(&network, layers, angle)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        table(&[2, 2], 0.1),
        "2 layers after 2: give rising numbers above 0"
    );
    assert_eq!(
        table(&[0], 0.1),
        "0 layers after 0: give rising numbers above 0"
    );
    assert!(table(&[1], 0.0).starts_with("the least angle is 0"));
}
