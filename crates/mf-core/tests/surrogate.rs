//! Surrogate derivatives against tails at 60 digits.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Reference, close};
use mf_core::Surrogate;

#[test]
fn gains_and_even_heights_agree_with_high_precision() {
    // Tails are good to 1e-14 of themselves (`gaussian`), and differences of wide windows lose no more than a digit.
    const TOLERANCE: f64 = 5e-14;
    let file = Reference::parse(include_str!(
        "../../../data/reference/high_precision/surrogates.csv"
    ));
    for row in file.rows() {
        let [height, lower, upper, variance, sigma_w] =
            ["height", "lower", "upper", "variance", "sigma_w"].map(|name| row.f64(name));
        let surrogate = Surrogate::new(height, lower, upper).unwrap();
        let even = Surrogate::even(lower, upper, sigma_w, variance).unwrap();
        for (found, name) in [
            (surrogate.second_moment(variance), "second_moment"),
            (surrogate.backward_gain(sigma_w, variance), "gain"),
            (Ok(even.height()), "even_height"),
        ] {
            let (found, expected) = (found.unwrap(), row.f64(name));
            assert!(
                close(found, expected, TOLERANCE, 0.0),
                "{surrogate:?}: {name} {found}, {expected}"
            );
        }
        let gain = even.backward_gain(sigma_w, variance).unwrap();
        assert!(close(gain, 1.0, 1e-15, 0.0), "{even:?}: {gain}");
    }
}

#[test]
fn an_invalid_surrogate_is_refused_with_its_value() {
    let message = |found: Result<_, mf_core::ParameterError>| -> String {
        let found: Result<Surrogate, _> = found;
        found.unwrap_err().to_string()
    };
    for height in [-1.0, f64::NAN, f64::INFINITY] {
        let expected = format!("height is {height}: give a finite number that is zero or more");
        assert_eq!(message(Surrogate::new(height, -1.0, 1.0)), expected);
    }
    let expected = "the window's lower end is NaN: give a number";
    assert_eq!(message(Surrogate::new(1.0, f64::NAN, 1.0)), expected);
    for upper in [f64::NAN, -1.0, -2.0] {
        let expected =
            format!("the window's upper end is {upper}: give a number above its lower end");
        assert_eq!(message(Surrogate::new(1.0, -1.0, upper)), expected);
    }
    let infinite = [f64::INFINITY, f64::NEG_INFINITY];
    for end in infinite {
        assert!(Surrogate::new(1.0, end, end).is_err());
    }
    for (sigma_w, variance, name) in [(0.0, 1.0, "sigma_w"), (1.0, -1.0, "variance")] {
        assert_eq!(
            Surrogate::even(-1.0, 1.0, sigma_w, variance)
                .unwrap_err()
                .name,
            name
        );
        let one = Surrogate::new(1.0, -1.0, 1.0).unwrap();
        assert_eq!(one.backward_gain(sigma_w, variance).unwrap_err().name, name);
    }
    // exp(-50^2 / 2) is less than f64 holds.
    assert_eq!(
        message(Surrogate::even(50.0, 60.0, 1.0, 1.0)),
        "variance is 1: give a larger one, so that states reach the window"
    );
}
