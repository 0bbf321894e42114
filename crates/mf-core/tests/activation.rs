//! Step activations: valid and invalid levels, values and symmetry; the families.
#![allow(clippy::unwrap_used, clippy::panic)]

use mf_core::activation::{ActivationError, MOST_STATES};
use mf_core::quantizer::{FAMILIES, codebook, family, find, uniform};
use mf_core::{Activation, CorrelationMap, Scalable, StepActivation, VarianceMap, gaussian};

#[test]
fn uniform_is_evenly_spaced_and_odd() {
    let phi = StepActivation::uniform(4).unwrap();
    assert_eq!(phi.levels(), [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0]);
    assert_eq!(phi.thresholds(), [-2.0 / 3.0, 0.0, 2.0 / 3.0]);
    assert_eq!((phi.states(), phi.offset()), (4, -1.0));
    assert!(phi.steps().all(|step| (step - 2.0 / 3.0).abs() < 1e-15));
    for states in [2, 3, 10, 255, 1024] {
        assert!(
            StepActivation::uniform(states).unwrap().is_odd(),
            "{states}"
        );
    }
}

#[test]
fn value_is_the_level_of_the_bin_and_the_mean_at_a_threshold() {
    let phi = StepActivation::new(vec![-1.0, 2.0], vec![-3.0, 0.5, 7.0]).unwrap();
    for (x, y) in [
        (-9.0, -3.0),
        (-1.0, -1.25),
        (0.0, 0.5),
        (2.0, 3.75),
        (2.1, 7.0),
    ] {
        assert_eq!(phi.value(x), y, "phi({x})");
    }
    assert!(phi.value(f64::NAN).is_nan());
    assert!(!phi.is_odd());
}

#[test]
fn halfway_rounds_to_the_nearest_level() {
    let phi = StepActivation::halfway(vec![-1.0, 0.0, 3.0]).unwrap();
    assert_eq!(phi.thresholds(), [-0.5, 1.5]);
}

#[test]
fn errors_name_the_level_or_threshold() {
    let refusal = |thresholds: &[f64], levels: &[f64]| {
        StepActivation::new(thresholds.to_vec(), levels.to_vec()).unwrap_err()
    };
    assert_eq!(refusal(&[], &[1.0]), ActivationError::States { states: 1 });
    assert_eq!(
        refusal(&[], &[0.0, 1.0]),
        ActivationError::Counts {
            levels: 2,
            thresholds: 0
        }
    );
    let (what, index, value) = ("threshold", 0, f64::INFINITY);
    assert_eq!(
        refusal(&[value], &[0.0, 1.0]),
        ActivationError::NotFinite { what, index, value }
    );
    let flat = ActivationError::NotIncreasing {
        what: "level",
        index: 1,
        before: 1.0,
        value: 1.0,
    };
    assert_eq!(refusal(&[0.0], &[1.0, 1.0]), flat);
    assert_eq!(
        flat.to_string(),
        "level 1 is 1, after 1: give them in strictly increasing order"
    );
    assert!(matches!(
        refusal(&[f64::NAN], &[0.0, 1.0]),
        ActivationError::NotFinite {
            what: "threshold",
            ..
        }
    ));
    let too_many = usize::MAX;
    assert_eq!(
        StepActivation::uniform(too_many).unwrap_err(),
        ActivationError::States { states: too_many }
    );
    assert!(StepActivation::uniform(MOST_STATES + 1).is_err());
}

#[test]
fn sizes_whose_squares_overflow_are_refused() {
    assert!(matches!(
        StepActivation::new(vec![0.0], vec![-1.0, 1e200]),
        Err(ActivationError::NotFinite {
            what: "level",
            index: 1,
            ..
        })
    ));
}

#[test]
fn thresholds_out_of_reach_drop_out() {
    let near = StepActivation::new(vec![-0.3, 0.8], vec![-1.0, 0.2, 1.5]).unwrap();
    let far = StepActivation::new(
        vec![-1e150, -1e20, -0.3, 0.8, 1e150],
        vec![-9.0, -8.0, -1.0, 0.2, 1.5, 7.0],
    )
    .unwrap();
    // The distant levels -9, -8 and 7 are never taken: the level below -0.3 is the same.
    for variance in [1e-300, 0.5, 2.0] {
        assert_eq!(near.mean(variance), far.mean(variance));
        assert_eq!(near.mean_square(variance), far.mean_square(variance));
        let maps =
            [&near, &far].map(|phi| VarianceMap::new(phi, 1.0, 0.1).unwrap().slope(variance));
        assert_eq!(maps[0], maps[1]);
        let maps = [&near, &far].map(|phi| CorrelationMap::new(phi, 1.0, 0.1, variance).unwrap());
        for c in [-1.0, -0.95, -0.3, 0.0, 0.5, 0.95, 1.0 - 1e-12] {
            let values = maps.each_ref().map(|map| map.value(c).unwrap());
            assert!(
                (values[0] - values[1]).abs() <= 1e-14 * values[0].abs(),
                "M({c}) {values:?}"
            );
            let slopes = maps.each_ref().map(|map| map.slope(c).unwrap());
            let same = slopes[0] == slopes[1] || (slopes[0] - slopes[1]).abs() <= 1e-14 * slopes[0];
            assert!(same || c == -1.0, "chi({c}) {slopes:?}");
        }
    }
    // The outer bins end at the reach of the density instead of at infinity.
    let errors = [&near, &far].map(|phi| phi.distortion().mean_squared_error);
    assert!((errors[0] - errors[1]).abs() < 1e-15, "{errors:?}");
}

#[test]
fn an_invalid_scale_is_refused() {
    let phi = StepActivation::uniform(3).unwrap();
    for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(
            matches!(phi.scaled(factor), Err(ActivationError::Factor { .. })),
            "{factor}"
        );
        assert!(phi.stretched(factor).is_err(), "{factor}");
    }
    // A factor that merges thresholds is refused too.
    assert!(phi.scaled(5e-324).is_err());
    let both = phi.scaled(2.0).unwrap();
    assert_eq!(
        (both.levels(), both.thresholds()),
        (&[-2.0, 0.0, 2.0][..], &[-1.0, 1.0][..])
    );
    let one = phi.stretched(2.0).unwrap();
    assert_eq!(
        (one.levels(), one.thresholds()),
        (phi.levels(), &[-1.0, 1.0][..])
    );
}

#[test]
fn moments_at_zero_variance_are_limits_from_above() {
    // A threshold at 0 separates the inputs in halves, however small they are.
    let parted = StepActivation::new(vec![0.0], vec![1.0, 3.0]).unwrap();
    assert_eq!((parted.mean(0.0), parted.mean_square(0.0)), (2.0, 5.0));
    let whole = StepActivation::new(vec![-0.1, 0.2], vec![-5.0, 2.0, 4.0]).unwrap();
    assert_eq!((whole.mean(0.0), whole.mean_square(0.0)), (2.0, 4.0));
    assert!(whole.mean(-1.0).is_nan());
}

#[test]
fn moments_are_sums_over_bins() {
    let phi = StepActivation::new(vec![-0.7, 0.3, 1.1], vec![-0.5, 0.1, 0.9, 2.0]).unwrap();
    let cuts = [f64::NEG_INFINITY, -0.7, 0.3, 1.1, f64::INFINITY];
    for variance in [0.2_f64, 1.0, 7.0] {
        let spread = variance.sqrt();
        let (mut mean, mut square) = (0.0, 0.0);
        for (k, level) in phi.levels().iter().enumerate() {
            let bin = gaussian::interval_probability(cuts[k] / spread, cuts[k + 1] / spread);
            mean += level * bin;
            square += level * level * bin;
        }
        assert!((phi.mean(variance) - mean).abs() < 1e-15);
        assert!((phi.mean_square(variance) - square).abs() < 1e-15);
    }
}

#[test]
fn families_have_distinct_names() {
    for listed in FAMILIES {
        assert_eq!(family(listed.name).unwrap().source, listed.source);
        assert!(!listed.about.is_empty() && !listed.source.is_empty());
    }
    let mut names: Vec<_> = FAMILIES.iter().map(|family| family.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), FAMILIES.len());
    assert!(family("no such family").is_none());
}

#[test]
fn members_have_names_and_sources() {
    let sign = find("sign").unwrap().build().unwrap();
    assert_eq!(
        (sign.name.as_str(), sign.activation.states()),
        ("binary", 2)
    );
    assert_eq!(sign.activation, uniform(2).unwrap().activation);
    let sixteen = uniform(16).unwrap();
    assert_eq!(
        (sixteen.name.as_str(), sixteen.activation.states()),
        ("uniform-16", 16)
    );
    let own = codebook("a notebook", vec![-1.0, 0.0, 2.0], None).unwrap();
    assert_eq!(own.source, "a notebook");
    assert_eq!(own.activation.thresholds(), [-0.5, 1.0]);
    let placed = codebook("", vec![-1.0, 0.0, 2.0], Some(vec![-0.1, 0.1])).unwrap();
    assert_eq!(placed.activation.thresholds(), [-0.1, 0.1]);
}

#[test]
fn members_have_the_requested_number_of_levels() {
    for members in FAMILIES.iter().filter_map(|family| family.members) {
        for states in [2, 3, 16, 255] {
            let member = (members.build)(states).unwrap();
            assert_eq!(member.activation.states() as u64, states, "{}", member.name);
            assert!(member.activation.is_odd(), "{}", member.name);
        }
        for states in [0, 1, members.most + 1] {
            assert!((members.build)(states).is_err(), "{states}");
        }
    }
}
