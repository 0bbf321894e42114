//! Invalid simulations are refused with the values and a remedy.
#![allow(clippy::unwrap_used)]

use mf_core::{Scalable, StepActivation, Surrogate};
use mf_sim::{
    Inputs, Network, Run, SimError, forward, gradient_memory_needed, gradient_norms, memory_needed,
};
use std::ops::ControlFlow;

fn sign() -> StepActivation {
    StepActivation::uniform(2).unwrap()
}

#[test]
fn networks_need_units_layers_and_scales() {
    let build =
        |sigma_w, sigma_b, width, depth| Network::new(sign(), sigma_w, sigma_b, width, depth);
    assert_eq!(
        build(1.0, 0.0, 0, 1).unwrap_err().to_string(),
        "width is 0: give 1 or more"
    );
    assert_eq!(
        build(1.0, 0.0, 1, 0).unwrap_err().to_string(),
        "depth is 0: give 1 or more"
    );
    for bad in [f64::NAN, f64::INFINITY, -0.1] {
        for (sigma_w, sigma_b, name) in [(bad, 0.0, "sigma_w"), (1.0, bad, "sigma_b")] {
            let error = build(sigma_w, sigma_b, 1, 1).unwrap_err().to_string();
            let expected = format!("{name} is {bad}: give a finite number that is zero or more");
            assert_eq!(error, expected);
        }
    }
    for (sigma_w, sigma_b, name) in [(1e-40, 0.0, "sigma_w"), (1.0, 1e-31, "sigma_b")] {
        let error = build(sigma_w, sigma_b, 1, 1).unwrap_err();
        assert!(matches!(error, SimError::Parameter { name: found, .. } if found == name));
    }
    assert!(matches!(
        build(1e30, 0.0, 1, 1),
        Err(SimError::TooLarge { .. })
    ));
    let huge = StepActivation::uniform(3).unwrap().scaled(1e40).unwrap();
    assert!(matches!(
        Network::new(huge, 1.0, 0.0, 1, 1),
        Err(SimError::TooLarge { .. })
    ));
    assert!(build(0.0, 0.0, 1, 1).is_ok());
}

#[test]
fn inputs_need_points_units_and_numbers() {
    assert_eq!(
        Inputs::circle(0, 5, 1.0, 0).unwrap_err().to_string(),
        "points is 0: give 1 or more"
    );
    assert_eq!(
        Inputs::circle(5, 0, 1.0, 0).unwrap_err().to_string(),
        "width is 0: give 1 or more"
    );
    assert_eq!(
        Inputs::circle(5, 1, 1.0, 0).unwrap_err().to_string(),
        "2 orthogonal directions do not fit into 1 units: take a width of 2 or more"
    );
    for variance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Inputs::circle(5, 5, variance, 0).unwrap_err();
        assert!(
            matches!(
                error,
                SimError::Parameter {
                    name: "variance",
                    ..
                }
            ),
            "{error}"
        );
        assert!(Inputs::with_correlations(&[0.5], 5, variance, 0).is_err());
    }
    for c in [1.1, -1.1, f64::NAN] {
        let error = Inputs::with_correlations(&[0.5, c], 5, 1.0, 0)
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            format!("correlation is {c}: give a number from -1 to 1")
        );
    }
    assert!(matches!(
        Inputs::with_correlations(&[0.5; 5], 5, 1.0, 0),
        Err(SimError::Directions {
            needed: 6,
            width: 5
        })
    ));
    assert!(Inputs::from_rows(&[]).is_err());
    assert!(Inputs::from_rows(&[vec![]]).is_err());
    assert_eq!(
        Inputs::from_rows(&[vec![1.0], vec![1.0, 2.0]])
            .unwrap_err()
            .to_string(),
        "row 1 has 2 values, row 0 has 1: give rows of the same length"
    );
    assert_eq!(
        Inputs::from_rows(&[vec![1.0, f32::NAN]])
            .unwrap_err()
            .to_string(),
        "value 1 of row 0 is NaN: give finite numbers"
    );
    assert!(inputs_of(3).states().principal_components(0).is_err());
}

#[test]
fn variances_outside_the_range_of_f32_are_refused() {
    assert!(Inputs::circle(5, 5, 1e300, 0).is_err());
    assert!(Inputs::with_correlations(&[0.5], 5, 1e300, 0).is_err());
    assert!(Inputs::circle(5, 5, 1e-300, 0).is_err());
}

fn inputs_of(width: usize) -> Inputs {
    Inputs::circle(10, width, 1.0, 0).unwrap()
}

#[test]
fn widths_must_agree_and_windows_be_open() {
    let network = Network::new(sign(), 1.0, 0.0, 6, 1).unwrap();
    let expected = "the inputs have 7 units and the network has 6: give both the same width";
    let error = forward(&network, &inputs_of(7), &Run::new(0), &mut |_, _| {
        ControlFlow::Continue(())
    });
    assert_eq!(error.unwrap_err().to_string(), expected);
    let surrogate = Surrogate::new(1.0, -1.0, 1.0).unwrap();
    let error = gradient_norms(&network, &inputs_of(7), &surrogate, &Run::new(0));
    assert_eq!(error.unwrap_err().to_string(), expected);
    let narrow = Surrogate::new(1.0, 0.5, 0.5 + 1e-12).unwrap();
    let error = gradient_norms(&network, &inputs_of(6), &narrow, &Run::new(0));
    assert_eq!(
        error.unwrap_err().to_string(),
        "the window's upper end is 0.500000000001: give a number above its lower end in f32"
    );
}

#[test]
fn runs_that_need_too_much_memory_are_refused() {
    // 10 points of 2 blocks of 64 units, 4 bytes, states and activations; and 10 x 10 covariances of 8 bytes.
    assert_eq!(memory_needed(10, 100), 10 * 2 * 64 * 4 * 2 + 800);
    let network = Network::new(sign(), 1.0, 0.0, 100, 1).unwrap();
    let run = Run {
        memory: 10_000,
        ..Run::new(0)
    };
    let error = forward(&network, &inputs_of(100), &run, &mut |_, _| {
        ControlFlow::Continue(())
    });
    assert_eq!(
        error.unwrap_err().to_string(),
        "10 points of width 100 need 11040 bytes and 10000 are allowed: \
         lower the points to 9 or the width to 64, or allow more"
    );
    let surrogate = Surrogate::new(1.0, -1.0, 1.0).unwrap();
    let just_enough = Run {
        memory: memory_needed(10, 100),
        ..Run::new(0)
    };
    assert!(matches!(
        gradient_norms(&network, &inputs_of(100), &surrogate, &just_enough),
        Err(SimError::Memory { needed, .. }) if needed == gradient_memory_needed(10, 100, 1)
    ));
    // Sizes beyond the memory of any machine are refused before memory is allocated.
    let error = Inputs::circle(usize::MAX, usize::MAX, 1.0, 0).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("lower the points and the width, or allow more"),
        "{error}"
    );
    assert!(matches!(
        Inputs::circle(1 << 40, 100, 1.0, 0),
        Err(SimError::Memory { .. })
    ));
}
