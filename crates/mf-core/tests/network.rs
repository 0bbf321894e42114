//! Networks with skip paths and normalization: references from other programs, named at each test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{best_uniform, close};
use mf_core::network::{Architecture, Branch, Stack};
use mf_core::{Activation, Scalable, StepActivation, Surrogate};

/// The best uniform quantizer of these states, in units of the RMS.
fn best(states: usize) -> StepActivation {
    let (spacing, _) = best_uniform(states as u64);
    let phi = StepActivation::uniform(states).unwrap();
    phi.stretched(spacing * (states - 1) as f64 / 2.0).unwrap()
}

#[test]
fn trajectories_agree_with_another_program() {
    // c_0 = 0.3, K_0 = a = 1, after 1, 2, 4, ... blocks: the digits that it printed.
    let known: [(usize, Architecture, &[f64]); 8] = [
        (
            3,
            Architecture::Chain,
            &[
                0.2443864824,
                0.1986858696,
                0.1308607423,
                0.0564322626,
                0.0104451384,
                0.0003574294,
                0.0000004185,
            ],
        ),
        (
            3,
            Architecture::PreNorm,
            &[
                0.2721932412,
                0.2552961573,
                0.2342758362,
                0.2112084335,
                0.1881386525,
                0.1663859905,
                0.1465568720,
            ],
        ),
        (
            3,
            Architecture::PostNorm,
            &[
                0.2721932412,
                0.2468476153,
                0.2027943889,
                0.1364819702,
                0.0615138082,
                0.0124433050,
                0.0005085864,
            ],
        ),
        (
            3,
            Architecture::QuantizedStream,
            &[0.22150199, 0.18320303, 0.12531646, 0.05842921, 0.01265927],
        ),
        (
            16,
            Architecture::Chain,
            &[
                0.2965707675,
                0.2931799404,
                0.2865118993,
                0.2736192247,
                0.2495218274,
                0.2074366223,
                0.1432376361,
            ],
        ),
        (
            16,
            Architecture::PreNorm,
            &[
                0.2982853838,
                0.2971487060,
                0.2956218232,
                0.2937816636,
                0.2917364698,
                0.2895775351,
                0.2873646999,
            ],
        ),
        (
            16,
            Architecture::PostNorm,
            &[
                0.2982853838,
                0.2965803670,
                0.2931989318,
                0.2865490635,
                0.2736903720,
                0.2496521231,
                0.2076546893,
            ],
        ),
        (16, Architecture::QuantizedStream, &[]),
    ];
    for (states, architecture, correlations) in known {
        let stack = Stack::new(architecture, &best(states), None).unwrap();
        let blocks = stack.trajectory(0.3, 64).unwrap();
        let digits = if architecture == Architecture::QuantizedStream {
            1e-8
        } else {
            1.1e-10
        };
        for (power, known) in correlations.iter().enumerate() {
            let block = blocks[1 << power];
            assert!(
                close(block.correlation, *known, 0.0, digits),
                "{states} {architecture:?} {block:?} {known}"
            );
        }
    }
}

/// Gradients of a quantized stream of three levels, thresholds at 0.612, over 1, 2 and 8 blocks: the recursion of the
/// module's documentation in Python with scipy. Networks of 2048 units (PyTorch, 3 networks of 64 inputs) have 0.903 +- 0.002 after 8
/// blocks from a normal start.
#[test]
fn gradients_of_a_quantized_stream() {
    let phi = StepActivation::new(vec![-0.612, 0.612], vec![-1.0, 0.0, 1.0]).unwrap();
    let rho = Surrogate::even(-1.0, 1.0, 1.0 / phi.mean_square(1.0).sqrt(), 1.0).unwrap();
    for (a, blocks, known) in [
        (1.0, 1, 1.0),
        (1.0, 2, 1.0216549856343848),
        (1.0, 8, 0.8983318509075637),
        (0.5, 8, 1.0287693072846276),
    ] {
        let branch = Some(Branch::Constant(a));
        let stack = Stack::new(Architecture::QuantizedStream, &phi, branch).unwrap();
        let growth = stack.gradient_growth(&[rho, rho], blocks).unwrap();
        assert!(
            close(growth, known, 1e-12, 0.0),
            "{a} {blocks} {growth} {known}"
        );
    }
}
