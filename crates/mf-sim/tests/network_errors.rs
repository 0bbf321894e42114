//! Invalid networks of blocks are refused with the values and a remedy.
#![allow(clippy::unwrap_used)]

use mf_core::{Scalable, StepActivation, Surrogate, quantizer::find};
use mf_sim::skip::{Stream, Weights, correlations, gradient_norms, signals};
use mf_sim::{Group, Inputs, Run, SimError, SkipNetwork, WeightFormat, WeightScale};

fn ternary() -> StepActivation {
    StepActivation::uniform(3).unwrap()
}

fn skip_network(stream: Stream, width: usize, blocks: usize) -> Result<SkipNetwork, SimError> {
    SkipNetwork::new(stream, &ternary(), Weights::Normal, width, blocks)
}

fn rounded(format: StepActivation, scale: WeightScale) -> Result<SkipNetwork, SimError> {
    let weights = Weights::Rounded(WeightFormat { format, scale });
    SkipNetwork::new(Stream::Chain, &ternary(), weights, 100, 1)
}

fn message<T: std::fmt::Debug>(result: Result<T, SimError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn networks_of_blocks_need_units_blocks_and_a_branch() {
    for width in [0, 1] {
        let expected = format!("width is {width}: give 2 or more");
        assert_eq!(message(skip_network(Stream::Chain, width, 1)), expected);
    }
    assert_eq!(
        message(skip_network(Stream::Chain, 2, 0)),
        "blocks is 0: give 1 or more"
    );
    for branch in [0.0, -1.0, 1e-20, 1e20, f64::NAN, f64::INFINITY] {
        for stream in [
            Stream::PreNorm { branch },
            Stream::PostNorm { branch },
            Stream::Quantized {
                branch,
                quantizer: None,
            },
        ] {
            let expected =
                format!("branch is {branch}: give a number from 1e-15 to 1e15, which f32 can hold");
            assert_eq!(message(skip_network(stream, 2, 1)), expected);
        }
    }
}

#[test]
fn quantizers_that_never_leave_zero_are_refused() {
    let dead = ternary().scaled(100.0).unwrap();
    let error = SkipNetwork::new(Stream::Chain, &dead, Weights::Law, 100, 1);
    assert_eq!(
        message(error),
        "E[phi(z)^2] is 0: give a quantizer with levels other than 0 that normal numbers reach"
    );
    let stream = Stream::Quantized {
        branch: 1.0,
        quantizer: Some(dead.clone()),
    };
    assert!(message(skip_network(stream, 100, 1)).starts_with("E[q(z)^2] of the stream is 0"));
    let error = message(rounded(dead, WeightScale::Deviation));
    assert!(error.starts_with("all numbers round to 0"), "{error}");
    // A threshold at 5 standard deviations: of 10,000 weights none is expected beyond it.
    let seldom = ternary().scaled(10.0).unwrap();
    let error = message(rounded(seldom, WeightScale::Deviation));
    assert!(
        error.starts_with("of 100 weights of a unit 0.0001 on average"),
        "{error}"
    );
}

#[test]
fn formats_of_weights_with_a_mean_are_refused() {
    let nf4 = find("nf4").unwrap().build().unwrap().activation;
    let error = message(rounded(nf4, WeightScale::Largest(Group::Row)));
    assert!(
        error.starts_with("the rounded weights have the mean")
            && error.ends_with("or take a format that is the same on both sides of 0"),
        "{error}"
    );
}

#[test]
fn statistics_need_networks_and_blocks_of_the_network() {
    let network = skip_network(Stream::Chain, 100, 4).unwrap();
    let found = |blocks: &[usize], networks, run: &Run| {
        message(correlations(&network, 0.3, 1.0, blocks, networks, run))
    };
    let run = Run::new(0);
    assert_eq!(found(&[1], 1, &run), "networks is 1: give 2 or more");
    assert_eq!(found(&[0], 2, &run), "block is 0: give 1 or more");
    assert_eq!(
        found(&[4, 5], 2, &run),
        "the network's number of blocks is 4: give 5 or more"
    );
    let narrow = Run {
        memory: 1000,
        ..run
    };
    assert!(found(&[1], 2, &narrow).starts_with("2 points of width 100 need"));
    assert!(correlations(&network, 1.2, 1.0, &[1], 2, &run).is_err());
    assert!(correlations(&network, 0.3, 0.0, &[1], 2, &run).is_err());
    let one = Inputs::circle(1, 100, 1.0, 0).unwrap();
    assert_eq!(
        message(signals(&network, &one, &run)),
        "points is 1: give 2 or more"
    );
    let wide = Inputs::circle(2, 101, 1.0, 0).unwrap();
    assert!(message(signals(&network, &wide, &run)).contains("101 units and the network has 100"));
}

#[test]
fn gradients_need_a_window_and_the_activations_quantizer() {
    let inputs = Inputs::circle(2, 100, 1.0, 0).unwrap();
    let found = |stream, height, upper| {
        let network = skip_network(stream, 100, 4).unwrap();
        let rho = Surrogate::new(height, -1.0, upper).unwrap();
        message(gradient_norms(&network, &inputs, &rho, &Run::new(0)))
    };
    assert!(found(Stream::Chain, 1.0, -1.0 + 1e-12).contains("above its lower end in f32"));
    assert!(found(Stream::Chain, 0.0, 1.0).starts_with("the window's height is 0"));
    let stream = Stream::Quantized {
        branch: 1.0,
        quantizer: Some(ternary()),
    };
    assert!(found(stream, 1.0, 1.0).starts_with("the stream has a quantizer of its own"));
}
