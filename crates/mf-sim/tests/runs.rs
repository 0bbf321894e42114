//! Guarantees of a run: the same bits for any number of threads, every layer in order, an end when asked.
#![allow(clippy::unwrap_used)]

use mf_core::{StepActivation, Surrogate};
use mf_sim::{Hidden, Inputs, Network, Run, forward, gradient_norms, law};
use std::ops::ControlFlow;

fn network(width: usize, depth: usize) -> Network {
    Network::new(StepActivation::uniform(5).unwrap(), 1.05, 0.1, width, depth).unwrap()
}

fn layers(network: &Network, inputs: &Inputs, run: &Run) -> Vec<Hidden> {
    let mut layers = Vec::new();
    forward(network, inputs, run, &mut |layer, hidden| {
        assert_eq!(layer, layers.len());
        layers.push(hidden.clone());
        ControlFlow::Continue(())
    })
    .unwrap();
    layers
}

#[test]
fn threads_do_not_change_a_bit() {
    for (points, width) in [(1, 2), (7, 65), (30, 200), (70, 129)] {
        let network = network(width, 4);
        let inputs = Inputs::circle(points, width, 0.6, 3).unwrap();
        let surrogate = Surrogate::new(1.1, -1.0, 1.0).unwrap();
        let measured = |threads| {
            let run = Run {
                threads,
                ..Run::new(9)
            };
            let layers = layers(&network, &inputs, &run);
            let covariances: Vec<_> = layers.iter().map(Hidden::covariances).collect();
            let norms = gradient_norms(&network, &inputs, &surrogate, &run).unwrap();
            let rows: Vec<_> = layers.iter().map(|hidden| hidden.row(points - 1)).collect();
            (rows, covariances, norms)
        };
        let one = measured(1);
        assert_eq!(one, measured(2));
        assert_eq!(one, measured(3));
        assert_eq!(one, measured(0));
    }
}

/// One bit of one state would change this. The value is that of runs with AVX-512, with AVX2 and without vectors.
#[test]
fn the_bits_are_the_same_on_every_machine() {
    const CHECKSUM: u64 = 8_641_158_380_278_115_748;
    let network = network(200, 20);
    let inputs = Inputs::circle(10, 200, 0.6, 3).unwrap();
    let surrogate = Surrogate::new(1.1, -1.0, 1.0).unwrap();
    let norms = gradient_norms(&network, &inputs, &surrogate, &Run::new(5)).unwrap();
    let states = layers(&network, &inputs, &Run::new(5));
    let measured = states.iter().flat_map(Hidden::angle_covariance);
    let components = states.iter().flat_map(|hidden| {
        let found = hidden.principal_components(3).unwrap();
        found.scores.into_iter().flatten()
    });
    let mut drawn = Vec::new();
    law::forward(&network, &inputs, &Run::new(5), &mut |_, hidden| {
        drawn.extend(hidden.covariances());
        ControlFlow::Continue(())
    })
    .unwrap();
    let bits = measured.chain(norms).chain(components).chain(drawn);
    let bits = bits.map(f64::to_bits);
    // The FNV-1a hash, by words.
    let hash = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x100_0000_01b3);
    let checksum = bits.fold(0xcbf2_9ce4_8422_2325, hash);
    assert_eq!(checksum, CHECKSUM);
}

#[test]
fn points_do_not_depend_on_each_other() {
    let network = network(100, 3);
    let together = Inputs::circle(9, 100, 0.6, 3).unwrap();
    let alone = Inputs::from_rows(&[together.states().row(7)]).unwrap();
    let (together, alone) = (
        layers(&network, &together, &Run::new(4)),
        layers(&network, &alone, &Run::new(4)),
    );
    for (together, alone) in together.iter().zip(&alone) {
        assert_eq!(together.row(7), alone.row(0));
    }
}

#[test]
fn every_layer_is_passed_on_the_inputs_first() {
    let inputs = Inputs::circle(5, 30, 0.6, 3).unwrap();
    let layers = layers(&network(30, 6), &inputs, &Run::new(1));
    assert_eq!(layers.len(), 7);
    assert_eq!(&layers[0], inputs.states());
    assert_ne!(layers[1], layers[2]);
}

#[test]
fn a_break_ends_the_run() {
    let inputs = Inputs::circle(5, 30, 0.6, 3).unwrap();
    let mut last = 0;
    forward(&network(30, 6), &inputs, &Run::new(1), &mut |layer, _| {
        last = layer;
        if layer == 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .unwrap();
    assert_eq!(last, 2);
}

#[test]
fn seeds_and_layers_have_different_weights() {
    let inputs = Inputs::circle(3, 64, 0.6, 3).unwrap();
    let one = layers(&network(64, 2), &inputs, &Run::new(1));
    let other = layers(&network(64, 2), &inputs, &Run::new(2));
    assert_ne!(one[1], other[1]);
    let again = Inputs::from_rows(&[inputs.states().row(0)]).unwrap();
    let once = layers(&network(64, 1), &again, &Run::new(1));
    assert_eq!(once[1].row(0), one[1].row(0));
}

/// sigma_w = 0 leaves the biases: all points are equal in every layer after the first.
#[test]
fn without_weights_only_biases_are_left() {
    let network = Network::new(StepActivation::uniform(3).unwrap(), 0.0, 0.5, 3000, 2).unwrap();
    let inputs = Inputs::circle(4, 3000, 0.6, 3).unwrap();
    let layers = layers(&network, &inputs, &Run::new(1));
    assert_eq!(layers[1].row(0), layers[1].row(3));
    assert_ne!(layers[1].row(0), layers[2].row(0));
    // The variance of 3,000 draws: 0.25 +- 0.25 sqrt(2/3000), to four of these.
    assert!((layers[1].variance() - 0.25).abs() < 4.0 * 0.25 * (2.0_f64 / 3000.0).sqrt());
}
