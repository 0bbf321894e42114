//! Networks of blocks against the laws of infinite width.
//!
//! Correlations are those of c_0 = 0.3, K_0 = 1 and a = 1, the best uniform quantizer of N states, after 1, 2, 4, 8, 16 and
//! 32 blocks. They were computed twice, by series and quadrature, and by quadrature alone (scipy); the quantized stream by the
//! Markov chain of the two inputs' levels. Stream variances are those of the same Markov chain.
//!
//! All values of a joint chi-square are from independent networks. Its probability is to be above [`RARE`]: with fresh seeds
//! each such test would fail once in a thousand times. The seeds are fixed, and results have the same bits everywhere.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use mf_core::{Scalable, StepActivation, quantizer::find};
use mf_fit::{Agreement, Mean, agreement, best_scale, width_limit};
use mf_sim::skip::{BlockStatistics, Stream, Weights, correlations};
use mf_sim::{Group, Run, SkipNetwork, WeightFormat, WeightScale};

const RARE: f64 = 1e-3;
const BLOCKS: [usize; 6] = [1, 2, 4, 8, 16, 32];
const START: f64 = 0.3;

fn best(activation: StepActivation) -> StepActivation {
    let scale = best_scale(&activation).unwrap().scale;
    activation.scaled(scale).unwrap()
}

fn uniform(states: usize) -> StepActivation {
    best(StepActivation::uniform(states).unwrap())
}

fn int4() -> StepActivation {
    find("int4").unwrap().build().unwrap().activation
}

fn pre_norm() -> Stream {
    Stream::PreNorm { branch: 1.0 }
}

fn post_norm() -> Stream {
    Stream::PostNorm { branch: 1.0 }
}

fn quantized() -> Stream {
    Stream::Quantized {
        branch: 1.0,
        quantizer: None,
    }
}

/// Each network with its correlations.
fn theory(states: usize) -> [(Stream, [f64; 6]); 4] {
    let [chain, pre, post, stream] = match states {
        3 => [
            [
                0.24438648, 0.19868587, 0.13086074, 0.05643226, 0.01044514, 0.00035743,
            ],
            [
                0.27219324, 0.25529616, 0.23427584, 0.21120843, 0.18813865, 0.16638599,
            ],
            [
                0.27219324, 0.24684762, 0.20279439, 0.13648197, 0.06151381, 0.01244330,
            ],
            [
                0.22150199, 0.18320303, 0.12531646, 0.05842921, 0.01265927, 0.00059365,
            ],
        ],
        _ => [
            [
                0.29657077, 0.29317994, 0.28651190, 0.27361922, 0.24952183, 0.20743662,
            ],
            [
                0.29828538, 0.29714871, 0.29562182, 0.29378166, 0.29173647, 0.28957754,
            ],
            [
                0.29828538, 0.29658037, 0.29319893, 0.28654906, 0.27369037, 0.24965212,
            ],
            [
                0.29487535, 0.29157597, 0.28509681, 0.27256196, 0.24909655, 0.20798512,
            ],
        ],
    };
    [
        (Stream::Chain, chain),
        (pre_norm(), pre),
        (post_norm(), post),
        (quantized(), stream),
    ]
}

fn network(stream: Stream, phi: &StepActivation, weights: Weights, width: usize) -> SkipNetwork {
    SkipNetwork::new(stream, phi, weights, width, 32).unwrap()
}

fn measured(network: &SkipNetwork, networks: usize, seed: u64) -> Vec<BlockStatistics> {
    correlations(network, START, 1.0, &BLOCKS, networks, &Run::new(seed)).unwrap()
}

/// Values and their errors.
fn pairs(found: &[BlockStatistics], of: impl Fn(&BlockStatistics) -> Mean) -> [Vec<f64>; 2] {
    let means: Vec<Mean> = found.iter().map(of).collect();
    [
        means.iter().map(Mean::mean).collect(),
        means.iter().map(Mean::standard_error).collect(),
    ]
}

fn of_correlations(found: &[BlockStatistics], theory: &[f64]) -> Agreement {
    let [values, errors] = pairs(found, |block| block.correlation);
    agreement(&values, &errors, theory).unwrap()
}

fn of_variances(found: &[BlockStatistics], theory: &[f64]) -> Agreement {
    let [values, errors] = pairs(found, |block| block.variance);
    agreement(&values, &errors, theory).unwrap()
}

/// Width 1024, 200 networks for each value: the term of finite width, up to 4/width (see the next test), is below its standard
/// error of about 10/width.
#[test]
fn correlations_follow_the_laws() {
    for (states, seed) in [(3, 10), (16, 20)] {
        let phi = uniform(states);
        for ((stream, theory), seed) in theory(states).into_iter().zip(seed..) {
            let found = measured(
                &network(stream.clone(), &phi, Weights::Law, 1024),
                200,
                seed,
            );
            let found = of_correlations(&found, &theory);
            let probability = found.probability;
            assert!(probability > RARE, "{states}, {stream:?}: {found:?}");
        }
    }
}

/// Widths 64, 128 and 256 on a line in 1/width: its limit is the law's value. Without it, 2,000
/// networks of 64 units of a chain of 16 states are off.
#[test]
fn the_term_of_finite_width_is_linear_in_the_inverse_width() {
    let widths = [64, 128, 256];
    let phi = uniform(16);
    let [(chain, theory), ..] = theory(16);
    let mut found = Vec::new();
    for (width, seed) in widths.into_iter().zip(30..) {
        let network = network(chain.clone(), &phi, Weights::Law, width);
        found.push(measured(&network, 2000, seed));
    }
    assert!(of_correlations(&found[0], &theory).probability < RARE);
    let inverse = widths.map(|width| width as f64);
    let limits: Vec<_> = (0..BLOCKS.len())
        .map(|block| {
            let means = found.iter().map(|found| found[block].correlation);
            let (values, errors): (Vec<_>, Vec<_>) = means
                .map(|mean| (mean.mean(), mean.standard_error()))
                .unzip();
            width_limit(&inverse, &values, &errors).unwrap()
        })
        .collect();
    let values: Vec<f64> = limits.iter().map(|limit| limit.limit).collect();
    let errors: Vec<f64> = limits.iter().map(|limit| limit.error).collect();
    let at_limit = agreement(&values, &errors, &theory).unwrap();
    assert!(at_limit.probability > RARE, "{at_limit:?}");
    let off: f64 = limits.iter().map(|limit| limit.chi_square).sum();
    let line = mf_fit::chi_square_tail(off, BLOCKS.len() as u64);
    assert!(line > RARE, "{off}");
}

/// The stream of pre-norm has the variance 1 + l after l blocks.
#[test]
fn variances_follow_the_laws() {
    let phi = uniform(3);
    let sums = BLOCKS.map(|block| 1.0 + block as f64);
    let levels = [
        1.0, 1.03134973, 1.03464756, 1.03467665, 1.03467666, 1.03467666,
    ];
    for (stream, theory, seed) in [
        (Stream::Chain, [1.0; 6], 40),
        (pre_norm(), sums, 41),
        (quantized(), levels, 42),
    ] {
        let found = measured(
            &network(stream.clone(), &phi, Weights::Law, 1024),
            200,
            seed,
        );
        let found = of_variances(&found, &theory);
        assert!(found.probability > RARE, "{stream:?}: {found:?}");
    }
    let normalized = measured(&network(post_norm(), &phi, Weights::Law, 1024), 2, 43);
    let off = |block: &BlockStatistics| (block.variance.mean() - 1.0).abs();
    assert!(normalized.iter().all(|block| off(block) < 1e-6));
}

/// A stream of levels is not a normal one: c' = Mhat((c + Mhat(c)) / 2), right in the first block, gives 0.163 after two.
#[test]
fn a_normal_stream_is_excluded() {
    let network = network(quantized(), &uniform(3), Weights::Law, 512);
    let found = correlations(&network, START, 1.0, &[2], 1000, &Run::new(50)).unwrap();
    let second = found[0].correlation;
    assert!(second.deviation(0.163) > 8.0, "{second:?}");
    assert!(second.deviation(0.18320303).abs() < 4.0, "{second:?}");
}

/// Normal weights that are drawn, ternary ones at their best scale and by the mean size (BitNet), int4 by the largest of each
/// row: the same correlations, at width 256. (Variances of a chain are not: sums of products of few levels by few levels are
/// on a lattice, which moves the share of units beyond a threshold by some per cent.)
#[test]
fn weights_of_any_format_give_the_same_correlations() {
    let mean_size = WeightScale::MeanSize(Group::Tensor);
    let rounded = |format, scale| Weights::Rounded(WeightFormat { format, scale });
    let ternary = StepActivation::uniform(3).unwrap();
    let phi = uniform(3);
    for (weights, seed) in [
        (Weights::Normal, 60),
        (rounded(uniform(3), WeightScale::Deviation), 61),
        (rounded(ternary, mean_size), 62),
        (rounded(int4(), WeightScale::Largest(Group::Row)), 63),
    ] {
        let [(chain, of_chain), (pre, of_pre), ..] = theory(3);
        for (stream, theory, seed) in [(chain, of_chain, seed), (pre, of_pre, seed + 10)] {
            let found = measured(
                &network(stream.clone(), &phi, weights.clone(), 256),
                25,
                seed,
            );
            let agreement = of_correlations(&found, &theory);
            let probability = agreement.probability;
            assert!(probability > RARE, "{weights:?}, {stream:?}: {agreement:?}");
            if stream == pre_norm() {
                let sums = BLOCKS.map(|block| 1.0 + block as f64);
                let agreement = of_variances(&found, &sums);
                let probability = agreement.probability;
                assert!(probability > RARE, "{weights:?}: {agreement:?}");
            }
        }
    }
}

/// By mpmath: E[q^2] of ternary levels at sqrt(2/pi) with thresholds half way; E[q^2] over the law of the largest of n.
#[test]
fn rounded_weights_have_the_mean_square_of_their_scale() {
    const TOLERANCE: f64 = 1e-10;
    let ternary = StepActivation::uniform(3).unwrap();
    for (format, scale, fan_in, expected) in [
        (
            ternary.clone(),
            WeightScale::MeanSize(Group::Tensor),
            256,
            0.4392267302782213,
        ),
        (
            int4(),
            WeightScale::Largest(Group::Row),
            64,
            1.0124273300663613,
        ),
        (
            int4(),
            WeightScale::Largest(Group::Row),
            4096,
            1.0248095573526472,
        ),
        (
            int4(),
            WeightScale::Largest(Group::Tensor),
            256,
            1.0337023079700274,
        ),
        (
            ternary,
            WeightScale::Largest(Group::Row),
            4096,
            0.830558964465997,
        ),
    ] {
        let found = WeightFormat { format, scale }.law(fan_in).unwrap().power();
        assert!((found - expected).abs() < TOLERANCE, "{scale:?}: {found}");
    }
}
