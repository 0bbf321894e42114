//! Networks with skip paths and normalization. References were computed by other programs: trajectories and slopes with
//! mpmath from `E[phi phi] = E[phi]^2 + sum_ij h_i h_j int_0^{asin c} ... / (2 pi)`; quantized streams from bivariate
//! normal probabilities by the same integral over the angle, their rates by power iteration of the linearized map of all
//! pairs of levels in 25 digits.
#![allow(clippy::unwrap_used, clippy::panic, clippy::excessive_precision)]

mod common;

use common::{best_uniform, close};
use mf_core::network::{Architecture, Branch, DepthLaw, Products, Stack, StackError, near_one};
use mf_core::quantizer::find;
use mf_core::{Activation, CorrelationMap, Identity, Relu, Scalable, StepActivation, Surrogate};
use std::f64::consts::PI;

/// Of correlations by the series and by the integral over the angle in 18 digits.
const SERIES: f64 = 1e-13;

/// Of correlations by two quadratures in double precision, summed over `N^4` probabilities.
const QUADRATURE: f64 = 3e-13;

/// The best uniform quantizer of these states, in units of the RMS.
fn best(states: usize) -> StepActivation {
    let (spacing, _) = best_uniform(states as u64);
    let phi = StepActivation::uniform(states).unwrap();
    phi.stretched(spacing * (states - 1) as f64 / 2.0).unwrap()
}

fn rectifier(thresholds: &[f64]) -> StepActivation {
    let levels = (0..=thresholds.len()).map(|k| k as f64).collect();
    StepActivation::new(thresholds.to_vec(), levels).unwrap()
}

fn format(name: &str, scale: f64) -> StepActivation {
    let quantizer = find(name).unwrap().build().unwrap();
    quantizer.activation.scaled(scale).unwrap()
}

fn single(phi: &StepActivation) -> Products {
    Products::single(phi).unwrap()
}

/// The correlations after these blocks.
fn check(stack: &Stack, start: f64, known: &[(usize, f64)], tolerance: f64) {
    let last = known.last().unwrap().0;
    let blocks = stack.trajectory(start, last as u64).unwrap();
    assert_eq!((blocks.len(), blocks[0].correlation), (last + 1, start));
    for (block, correlation) in known {
        let found = blocks[*block];
        assert_eq!(found.block, *block as u64);
        assert!(
            (found.correlation - correlation).abs() <= tolerance,
            "{found:?} {correlation}"
        );
    }
}

const POWERS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

#[test]
#[rustfmt::skip]
fn trajectories_are_the_printed_ones() {
    // c_0 = 0.3, K_0 = a = 1, as printed by the program of the derivation. Its last digit may be one off: in 18 digits
    // the ternary chain has 0.13086074223680 after four layers.
    const LAST_DIGIT: f64 = 1.1e-10;
    let known = [
        (3, Architecture::Chain, [0.2443864824, 0.1986858696, 0.1308607423, 0.0564322626, 0.0104451384, 0.0003574294, 0.0000004185]),
        (3, Architecture::PreNorm, [0.2721932412, 0.2552961573, 0.2342758362, 0.2112084335, 0.1881386525, 0.1663859905, 0.1465568720]),
        (3, Architecture::PostNorm, [0.2721932412, 0.2468476153, 0.2027943889, 0.1364819702, 0.0615138082, 0.0124433050, 0.0005085864]),
        (16, Architecture::Chain, [0.2965707675, 0.2931799404, 0.2865118993, 0.2736192247, 0.2495218274, 0.2074366223, 0.1432376361]),
        (16, Architecture::PreNorm, [0.2982853838, 0.2971487060, 0.2956218232, 0.2937816636, 0.2917364698, 0.2895775351, 0.2873646999]),
        (16, Architecture::PostNorm, [0.2982853838, 0.2965803670, 0.2931989318, 0.2865490635, 0.2736903720, 0.2496521231, 0.2076546893]),
    ];
    for (states, architecture, correlations) in known {
        let stack = Stack::new(architecture, &best(states), None).unwrap();
        let known: Vec<_> = POWERS.into_iter().zip(correlations).collect();
        check(&stack, 0.3, &known, LAST_DIGIT);
        let last = stack.trajectory(0.3, 64).unwrap()[64];
        let grown = if architecture == Architecture::PreNorm { 65.0 } else { 1.0 };
        assert_eq!(last.stream_variance, grown);
    }
}

#[test]
fn trajectories_agree_with_high_precision() {
    let ternary = best(3);
    let known = [
        (
            Architecture::Chain,
            [0.13086074223680455, 4.1852801253046554e-7],
        ),
        (
            Architecture::PreNorm,
            [0.23427583618892951, 0.14655687200734163],
        ),
        (
            Architecture::PostNorm,
            [0.20279438890474787, 0.00050858638736913314],
        ),
    ];
    for (architecture, [four, last]) in known {
        let stack = Stack::new(architecture, &ternary, None).unwrap();
        check(&stack, 0.3, &[(4, four), (64, last)], SERIES);
        // Small correlations have their digits too.
        let found = stack.trajectory(0.3, 64).unwrap()[64].correlation;
        assert!(close(found, last, 1e-11, 0.0), "{found}");
    }
    let half = Some(Branch::Constant(0.5));
    let four = Stack::new(Architecture::PreNorm, &best(4), half).unwrap();
    let four = four.with_start_variance(2.0).unwrap();
    check(
        &four,
        0.6,
        &[
            (1, 0.58707125939990205),
            (4, 0.55980989746353495),
            (16, 0.5079483117486606),
        ],
        SERIES,
    );
    assert_eq!(four.trajectory(0.6, 16).unwrap()[16].stream_variance, 10.0);
    let eight = Stack::new(Architecture::PreNorm, &best(8), half).unwrap();
    let eight = eight.with_start_variance(2.0).unwrap();
    check(
        &eight,
        0.97,
        &[
            (1, 0.96438698817533847),
            (4, 0.95205422936972158),
            (8, 0.94109012922205052),
        ],
        SERIES,
    );
    let post = Stack::new(Architecture::PostNorm, &best(4), half).unwrap();
    check(
        &post,
        0.6,
        &[
            (1, 0.57845209899983676),
            (4, 0.51752103561396237),
            (16, 0.32610357939870445),
        ],
        SERIES,
    );
    let chain = Stack::new(Architecture::Chain, &best(4), None).unwrap();
    check(
        &chain,
        -0.6,
        &[(1, -0.53535629699951032), (4, -0.37516805260274671)],
        SERIES,
    );
}

#[test]
fn formats_agree_with_high_precision() {
    let fp4 = format("fp4-e2m1", 0.45);
    let stack = Stack::new(Architecture::PreNorm, &fp4, Some(Branch::Constant(2.0))).unwrap();
    let stack = stack.with_start_variance(0.5).unwrap();
    check(
        &stack,
        0.4,
        &[(1, 0.39590341949750334), (8, 0.38787550709145107)],
        SERIES,
    );
    assert!(close(
        single(&fp4).one_minus_slope().unwrap(),
        0.012865525801953172,
        1e-12,
        0.0
    ));
    // With a mean: the fixed point is above 0, in every network the same.
    let nf4 = format("nf4", 2.5);
    let stack = Stack::new(Architecture::PreNorm, &nf4, None).unwrap();
    check(
        &stack,
        0.4,
        &[(1, 0.39790762755030149), (8, 0.39240507091083605)],
        SERIES,
    );
    let stack = Stack::new(Architecture::PostNorm, &nf4, None).unwrap();
    check(
        &stack,
        0.4,
        &[(1, 0.39790762755030149), (8, 0.38355319102315076)],
        SERIES,
    );
    assert!(close(
        stack.fixed_point().unwrap(),
        4.7361740433228368e-5,
        1e-10,
        0.0
    ));
    assert!(close(
        single(&nf4).one_minus_slope().unwrap(),
        0.010648949116762264,
        1e-12,
        0.0
    ));
    let relu4 = format("relu4", 3.0);
    let stack = Stack::new(Architecture::PreNorm, &relu4, None).unwrap();
    check(
        &stack,
        0.4,
        &[(1, 0.4709329231765075), (8, 0.59982444172391519)],
        SERIES,
    );
    assert!(close(
        stack.fixed_point().unwrap(),
        0.94802240910517094,
        1e-12,
        0.0
    ));
    let DepthLaw::Power { exponent } = stack.law().unwrap() else {
        panic!()
    };
    assert!(
        close(exponent, 0.10213548652282641, 1e-11, 0.0),
        "{exponent}"
    );
}

#[test]
fn a_signal_above_a_fixed_point_follows_the_power_law() {
    // c - C* is the signal where the quantizer has a mean; from 1e-4 beside C* in either direction.
    let relu4 = format("relu4", 3.0);
    let stack = Stack::new(Architecture::PreNorm, &relu4, None).unwrap();
    let fixed_point = stack.fixed_point().unwrap();
    for signal in [1e-4, -1e-4] {
        let last = stack.trajectory(fixed_point + signal, 1000).unwrap()[1000];
        let left = (last.correlation - fixed_point) / signal;
        assert!(close(left, stack.left(1000).unwrap(), 1e-3, 0.0), "{left}");
        let blocks = stack.blocks_until(0.5, Some(fixed_point + signal)).unwrap();
        assert!(
            close(blocks, stack.blocks_until(0.5, None).unwrap(), 0.01, 0.0),
            "{blocks}"
        );
    }
}

#[test]
fn branches_of_several_products_agree_with_high_precision() {
    let (three, four, eight) = (best(3), best(4), best(8));
    let mlp = single(&three).then(&eight).unwrap();
    assert!(close(
        mlp.one_minus_slope().unwrap(),
        0.22049364738487335,
        1e-12,
        0.0
    ));
    let stack = Stack::of(Architecture::PreNorm, mlp, None).unwrap();
    check(
        &stack,
        0.6,
        &[
            (1, 0.53998332920143656),
            (4, 0.4574551571722105),
            (8, 0.40727744532104056),
        ],
        SERIES,
    );
    let gated = single(&eight).gated(&Relu, &Identity).unwrap();
    assert!(close(
        gated.one_minus_slope().unwrap(),
        0.69360752753588507,
        1e-12,
        0.0
    ));
    let stack = Stack::of(Architecture::PreNorm, gated, None).unwrap();
    check(
        &stack,
        0.6,
        &[
            (1, 0.49191482979919664),
            (4, 0.3345793082860582),
            (8, 0.24615352054656201),
        ],
        SERIES,
    );
    let gate = rectifier(&[0.5, 1.5, 2.5]);
    let gated = single(&eight).gated(&gate, &four).unwrap();
    assert!(close(
        gated.one_minus_slope().unwrap(),
        0.77133856028219835,
        1e-12,
        0.0
    ));
    let stack = Stack::of(Architecture::PostNorm, gated, None).unwrap();
    check(
        &stack,
        0.6,
        &[
            (1, 0.45286718209696607),
            (4, 0.14565874968644167),
            (8, 0.023043955341441658),
        ],
        SERIES,
    );
}

#[test]
fn fixed_points_of_several_products_agree_with_high_precision() {
    let (first, second) = (rectifier(&[0.5, 1.5, 2.5]), rectifier(&[0.2, 1.0]));
    let known = [
        (single(&first), 0.61920449777309908, 0.32051765123810679),
        (
            single(&first).then(&first).unwrap(),
            0.61920449777309908,
            0.53830373772102093,
        ),
        (
            single(&first).then(&second).unwrap(),
            0.73072319415668941,
            0.54809600711208547,
        ),
        (
            single(&best(8)).gated(&first, &second).unwrap(),
            0.14913980906392899,
            0.6333004327859428,
        ),
    ];
    for (products, fixed_point, one_minus_slope) in known {
        let found = (
            products.fixed_point().unwrap(),
            products.one_minus_slope().unwrap(),
        );
        assert!(
            close(found.0, fixed_point, 1e-12, 0.0),
            "{found:?} {fixed_point}"
        );
        assert!(
            close(found.1, one_minus_slope, 1e-12, 0.0),
            "{found:?} {one_minus_slope}"
        );
    }
}

#[test]
fn quantized_streams_agree_with_another_program() {
    let stream = |states: usize, a: f64| {
        let branch = Some(Branch::Constant(a));
        Stack::new(Architecture::QuantizedStream, &best(states), branch).unwrap()
    };
    check(
        &stream(3, 1.0),
        0.3,
        &[
            (1, 0.2215019894289416),
            (2, 0.1832030344244475),
            (4, 0.12531645544712092),
            (8, 0.058429212473338495),
            (16, 0.012659272005395638),
        ],
        QUADRATURE,
    );
    check(
        &stream(4, 0.5),
        0.6,
        &[
            (1, 0.5156678561032223),
            (2, 0.4646352393871475),
            (4, 0.3769778745755374),
            (8, 0.2463059805082051),
            (16, 0.10376061613324584),
        ],
        QUADRATURE,
    );
    check(
        &stream(3, 1.0).with_stream(&best(8)).unwrap(),
        -0.6,
        &[
            (1, -0.5294725151878251),
            (2, -0.47453492712034256),
            (4, -0.3801828662126193),
            (8, -0.2406578385817152),
        ],
        QUADRATURE,
    );
    check(
        &stream(8, 1.0),
        0.95,
        &[
            (1, 0.9073900969235029),
            (2, 0.8798868733629028),
            (4, 0.8263052408723329),
            (8, 0.7257106257738832),
        ],
        QUADRATURE,
    );
    check(
        &stream(16, 1.0),
        0.3,
        &[
            (1, 0.2948753503216124),
            (2, 0.2915759728509365),
            (4, 0.28509680627362866),
            (8, 0.27256195952426565),
        ],
        QUADRATURE,
    );
}

#[test]
fn rates_of_quantized_streams_agree_with_high_precision() {
    // States of the branch, of the stream, a, 1 - lambda.
    let known = [
        (3, 3, 1.0, 0.17406762178759514),
        (4, 4, 1.0, 0.11109730354317014),
        (3, 8, 1.0, 0.11151583562785952),
        (4, 4, 0.5, 0.10306191154586892),
        (8, 8, 1.0, 0.036016310560106732),
        (16, 16, 1.0, 0.011273847481222615),
    ];
    for (branch, stream, a, rest) in known {
        let stack = Stack::new(
            Architecture::QuantizedStream,
            &best(branch),
            Some(Branch::Constant(a)),
        );
        let stack = stack.unwrap().with_stream(&best(stream)).unwrap();
        let DepthLaw::Exponential {
            one_minus_slope,
            depth_scale,
        } = stack.law().unwrap()
        else {
            panic!()
        };
        assert!(
            close(one_minus_slope, rest, 1e-12, 0.0),
            "{branch} {stream} {one_minus_slope}"
        );
        assert!(close(depth_scale, -1.0 / libm::log(1.0 - rest), 1e-11, 0.0));
        if stream <= 8 {
            // The chain of pairs falls at this rate in the end.
            let blocks = stack.trajectory(0.01, 60).unwrap();
            let ratio = blocks[60].correlation / blocks[59].correlation;
            assert!(close(1.0 - ratio, rest, 1e-5, 0.0), "{ratio}");
        }
    }
}

#[test]
fn small_signals_follow_the_gamma_functions() {
    // k = K_0 / a, blocks, Gamma(k+1) Gamma(k+L+chi) / (Gamma(k+chi) Gamma(k+L+1)) in 40 digits, for ternary.
    let known = [
        (1.0, 10, 0.67388042330097661),
        (0.5, 1000, 0.26584355651179513),
        (4.0, 1_000_000_000, 0.025766965404606892),
        (1e9, 100_000, 0.99998098372770132),
        (1.0, 1_000_000_000_000_000, 0.0015032429256142024),
    ];
    for (k, blocks, left) in known {
        let stack = Stack::new(Architecture::PreNorm, &best(3), None).unwrap();
        let stack = stack.with_start_variance(k).unwrap();
        let found = stack.left(blocks).unwrap();
        assert!(close(found, left, 1e-13, 0.0), "{k} {blocks} {found}");
    }
    // The trajectory of a signal so small that the map is linear.
    for architecture in [
        Architecture::Chain,
        Architecture::PreNorm,
        Architecture::PostNorm,
    ] {
        let stack = Stack::new(architecture, &best(4), None).unwrap();
        let last = stack.trajectory(1e-9, 100).unwrap()[100];
        assert!(close(
            last.correlation / 1e-9,
            stack.left(100).unwrap(),
            1e-12,
            0.0
        ));
    }
}

#[test]
fn depths_of_half_a_signal() {
    let depth = |states: usize, k: f64, share: f64, start| {
        let stack = Stack::new(Architecture::PreNorm, &best(states), None).unwrap();
        stack
            .with_start_variance(k)
            .unwrap()
            .blocks_until(share, start)
            .unwrap()
    };
    // Solved with loggamma in 40 digits; ternary from 0.3 by following all blocks.
    assert_eq!(depth(3, 1.0, 0.5, None), 54.0);
    assert_eq!(depth(3, 1.0, 0.5, Some(0.3)), 57.0);
    assert_eq!(depth(8, 1.0, 0.5, None), 165_475_000.0);
    assert_eq!(depth(8, 2.0, 0.5, None), 274_118_178.0);
    assert_eq!(depth(8, 0.25, 0.9, None), 13.0);
    assert_eq!(depth(15, 0.25, 0.9, None), 2804.0);
    assert!(close(
        depth(15, 1.0, 0.5, None),
        3.4409458369836545e23,
        1e-9,
        0.0
    ));
    assert!(close(
        depth(16, 2.0, 0.5, None),
        3.0132724726372661e26,
        1e-9,
        0.0
    ));
    // Beyond the blocks that are followed: all 278,333 were, in the other program.
    assert_eq!(depth(3, 1.0, 0.1, Some(0.3)), 278_333.0);
    let half = Stack::new(Architecture::PreNorm, &best(3), Some(Branch::Constant(0.5))).unwrap();
    let half = half.with_start_variance(2.0).unwrap();
    assert_eq!(half.blocks_until(0.2, Some(0.3)).unwrap(), 22_314.0);
    // A chain: 0.8098^L <= 0.01 from L = 22 on.
    let chain = Stack::new(Architecture::Chain, &best(3), None).unwrap();
    assert_eq!(chain.blocks_until(0.01, None).unwrap(), 22.0);
    assert_eq!(depth(256, 1.0, 1e-5, None), f64::INFINITY);
}

#[test]
fn branches_over_the_depth_lose_a_constant_share() {
    let (k, a) = (0.7, 2.0);
    let stack = Stack::new(Architecture::PreNorm, &best(3), Some(Branch::OverDepth(a))).unwrap();
    let stack = stack.with_start_variance(k).unwrap();
    let DepthLaw::Constant { left } = stack.law().unwrap() else {
        panic!()
    };
    // 1 - chi in 40 digits.
    let delta = 0.1901740392479014786821908;
    assert!(close(left, libm::pow(1.0 + a / k, -delta), 1e-13, 0.0));
    for blocks in [1, 2, 10, 1000] {
        let step = a / blocks as f64;
        let factors = (0..blocks).map(|l| {
            let stream = k + step * l as f64;
            (stream + step * (1.0 - delta)) / (stream + step)
        });
        let product: f64 = factors.product();
        assert!(
            close(stack.left(blocks).unwrap(), product, 1e-13, 0.0),
            "{blocks}"
        );
        let last = stack.trajectory(1e-9, blocks).unwrap()[blocks as usize];
        assert!(close(last.correlation, 1e-9 * product, 1e-12, 0.0));
        assert!(close(last.stream_variance, k + a, 1e-15, 0.0));
    }
    assert_eq!(stack.blocks_until(0.5, None).unwrap(), f64::INFINITY);
    let share = stack.left(5).unwrap();
    assert_eq!(
        stack.blocks_until(share * (1.0 + 1e-12), None).unwrap(),
        5.0
    );
    let post = Stack::new(Architecture::PostNorm, &best(3), Some(Branch::OverDepth(a))).unwrap();
    let DepthLaw::Constant { left } = post.law().unwrap() else {
        panic!()
    };
    assert!(close(left, libm::exp(-a * delta), 1e-13, 0.0));
    assert!(close(post.left(1 << 40).unwrap(), left, 1e-11, 0.0));
}

#[test]
fn near_inputs_part_as_the_root_of_their_distance() {
    // kappa in 30 digits; the remainder of 1 - kappa sqrt(e) is of order e.
    let known = [
        (best(3), 0.6905716395942483),
        (best(4), 0.56175605668651243),
        (best(8), 0.33062606461888967),
        (best(16), 0.18911669380205555),
        (format("fp4-e2m1", 0.45), 0.18750259196395599),
    ];
    for (phi, kappa) in known {
        assert!(close(near_one(&phi), kappa, 1e-12, 0.0));
        let e = 1e-8;
        let lost = 1.0 - single(&phi).value(1.0 - e);
        assert!(close(lost, kappa * libm::sqrt(e), 0.0, e), "{lost}");
    }
}

#[test]
fn the_table_near_one_agrees_with_the_map() {
    /// Of the table and of the direct sum, whose error it repeats.
    const TABLE: f64 = 5e-14;
    let quantizers = [
        best(2),
        best(16),
        best(256),
        format("nf4", 3.0),
        format("fp8-e5m2", 0.001),
        format("relu4", 3.0),
    ];
    for phi in quantizers {
        let sigma_w = 1.0 / phi.mean_square(1.0).sqrt();
        let direct = CorrelationMap::new(&phi, sigma_w, 0.0, 1.0).unwrap();
        let products = single(&phi);
        for t in [0.31, 0.16, 0.155, 0.07, 0.012, 1e-3, 1e-5] {
            let c = 1.0 - t * t;
            let (found, known) = (products.value(c), direct.value(c).unwrap());
            assert!((found - known).abs() <= TABLE, "{c} {found} {known}");
        }
    }
}

#[test]
fn identical_inputs_stay_identical() {
    for architecture in Architecture::ALL {
        let stack = Stack::new(architecture, &best(3), None).unwrap();
        for end in [1.0, -1.0] {
            assert!(
                stack
                    .trajectory(end, 50)
                    .unwrap()
                    .iter()
                    .all(|block| block.correlation == end)
            );
        }
    }
    let relu4 = Stack::new(Architecture::PreNorm, &format("relu4", 3.0), None).unwrap();
    assert_eq!(relu4.trajectory(1.0, 50).unwrap()[50].correlation, 1.0);
}

#[test]
fn gradients_have_their_closed_forms() {
    let (phi, blocks) = (best(16), 20_u64);
    let even = Surrogate::even(-2.0, 2.0, 1.0 / phi.mean_square(1.0).sqrt(), 1.0).unwrap();
    let growth = |architecture, slope: Surrogate| {
        let stack = Stack::new(architecture, &phi, None).unwrap();
        stack.gradient_growth(&[slope], blocks).unwrap()
    };
    assert!(close(growth(Architecture::Chain, even), 1.0, 1e-13, 0.0));
    assert!(close(growth(Architecture::PostNorm, even), 1.0, 1e-13, 0.0));
    assert!(close(growth(Architecture::PreNorm, even), 21.0, 1e-13, 0.0));
    // R = 2: prod (l + 3)/(l + 1) = (L + 1)(L + 2)/2 in pre-norm.
    let twice = Surrogate::new(even.height() * 2.0_f64.sqrt(), -2.0, 2.0).unwrap();
    assert!(close(
        growth(Architecture::Chain, twice),
        libm::pow(2.0, 20.0),
        1e-12,
        0.0
    ));
    assert!(close(
        growth(Architecture::PostNorm, twice),
        libm::pow(1.5, 20.0),
        1e-12,
        0.0
    ));
    assert!(close(
        growth(Architecture::PreNorm, twice),
        231.0,
        1e-12,
        0.0
    ));
    // Two products multiply their gains, the two paths of a gate add them.
    let (open, half) = (
        Surrogate::new(1.0, f64::NEG_INFINITY, f64::INFINITY).unwrap(),
        Surrogate::new(1.0, 0.0, f64::INFINITY).unwrap(),
    );
    let gated = single(&phi).gated(&Relu, &Identity).unwrap();
    assert!(close(
        gated.backward_gain(&[twice, half, open]).unwrap(),
        4.0,
        1e-13,
        0.0
    ));
    let mlp = single(&phi).then(&phi).unwrap();
    assert!(close(
        mlp.backward_gain(&[twice, twice]).unwrap(),
        4.0,
        1e-13,
        0.0
    ));
    assert_eq!(
        mlp.backward_gain(&[even]).unwrap_err(),
        StackError::Surrogates {
            given: 1,
            wanted: 2
        }
    );
}

#[test]
fn gradients_of_a_quantized_stream_agree_with_another_program() {
    // The recursion in numpy. Networks of width 1200 with real weights (window ±1, ±2, ±2.5) agree with it.
    let even = |phi: &StepActivation, window: f64| {
        Surrogate::even(-window, window, 1.0 / phi.mean_square(1.0).sqrt(), 1.0).unwrap()
    };
    let ternary = Stack::new(Architecture::QuantizedStream, &best(3), None).unwrap();
    let fine = Stack::new(Architecture::QuantizedStream, &best(16), None).unwrap();
    for (stack, phi, window, blocks, known) in [
        (&ternary, best(3), 1.0, 1, 1.0),
        (&ternary, best(3), 1.0, 4, 0.981978099494119),
        (&ternary, best(3), 1.0, 16, 0.7517869097772996),
        (&ternary, best(3), 2.5, 16, 0.5777523505758609),
        (&fine, best(16), 2.0, 16, 1.4861169136102945),
    ] {
        let rho = even(&phi, window);
        let growth = stack.gradient_growth(&[rho, rho], blocks).unwrap();
        // The reference has the spacings to nine digits.
        assert!(close(growth, known, 1e-7, 0.0), "{blocks} {growth} {known}");
    }
}

#[test]
fn bad_inputs_are_refused() {
    let (phi, relu) = (best(3), format("relu4", 3.0));
    let one = |a: f64| Some(Branch::Constant(a));
    for a in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refusal = Stack::new(Architecture::PreNorm, &phi, one(a)).unwrap_err();
        assert!(matches!(refusal, StackError::Parameter(_)), "{refusal}");
    }
    assert_eq!(
        Stack::new(Architecture::Chain, &phi, one(1.0)).unwrap_err(),
        StackError::Branch
    );
    let far = StepActivation::new(vec![-50.0, 50.0], vec![-1.0, 0.0, 1.0]).unwrap();
    assert_eq!(
        Stack::new(Architecture::PreNorm, &far, None).unwrap_err(),
        StackError::Silent
    );
    let stream = |phi: &StepActivation| Stack::new(Architecture::QuantizedStream, phi, None);
    assert_eq!(
        stream(&relu).unwrap_err(),
        StackError::NotOdd { what: "branch" }
    );
    assert_eq!(
        stream(&phi).unwrap().with_stream(&relu).unwrap_err(),
        StackError::NotOdd { what: "stream" }
    );
    let refusal = Stack::of(Architecture::QuantizedStream, single(&phi), None).unwrap_err();
    assert_eq!(refusal, StackError::StreamOfProducts);
    let chain = Stack::new(Architecture::Chain, &phi, None).unwrap();
    assert!(matches!(
        chain.clone().with_start_variance(2.0),
        Err(StackError::StartVariance { .. })
    ));
    assert!(matches!(
        chain.clone().with_stream(&phi),
        Err(StackError::FullPrecision { .. })
    ));
    assert!(matches!(
        chain.trajectory(0.3, 0),
        Err(StackError::Blocks { blocks: 0, .. })
    ));
    assert!(matches!(
        chain.trajectory(1.1, 1),
        Err(StackError::Correlation(_))
    ));
    for share in [0.0, 1.0, f64::NAN] {
        assert!(chain.blocks_until(share, None).is_err());
    }
    assert!(chain.blocks_until(0.5, Some(0.0)).is_err());
    let near = stream(&phi).unwrap().trajectory(1.0 - 1e-9, 1).unwrap_err();
    assert!(matches!(near, StackError::TooNear { .. }));
    // Steps of the branch that no level can feel.
    let frozen = Stack::new(Architecture::QuantizedStream, &phi, one(1e-4)).unwrap();
    assert_eq!(
        frozen.law().unwrap_err(),
        StackError::Frozen { branch: 1e-4 }
    );
    let scaled = Stack::new(
        Architecture::QuantizedStream,
        &phi,
        Some(Branch::OverDepth(1.0)),
    )
    .unwrap();
    assert_eq!(scaled.law().unwrap_err(), StackError::OverDepth);
    assert_eq!(scaled.trajectory(0.3, 4).unwrap().len(), 5);
    assert!(
        (Stack::new(Architecture::Chain, &best(2), None)
            .unwrap()
            .left(1)
            .unwrap()
            - 2.0 / PI)
            .abs()
            < 1e-14
    );
}
