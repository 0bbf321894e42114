//! Block scales against their specifications.
#![allow(clippy::unwrap_used, clippy::panic)]

use mf_core::block::{BLOCK_FORMATS, BlockRule, BlockScale};

#[test]
fn block_formats_have_the_elements_and_blocks_of_their_specifications() {
    let largest = [6.0, 7.5, 28.0, 448.0, 57344.0, 6.0];
    for (format, largest) in BLOCK_FORMATS.iter().zip(largest) {
        let element = format.element().unwrap().build().unwrap();
        assert_eq!(element.activation().levels().last(), Some(&largest));
        assert_eq!(format.block, if format.name == "nvfp4" { 16 } else { 32 });
    }
}

#[test]
fn microscaling_takes_the_exponent_of_the_largest() {
    // The largest exponent of E2M1 is 2 (OCP MX 1.0, section 6.3).
    let rule = BlockRule::new(BlockScale::PowerOfTwo, 6.0).unwrap();
    for (absmax, scale) in [
        (1.0, 0.25),
        (6.0, 1.0),
        (7.9, 1.0),
        (8.0, 2.0),
        (0.7, 0.125),
        (0.0, libm::exp2(-127.0)),
        (f64::INFINITY, libm::exp2(127.0)),
    ] {
        assert_eq!(rule.scale(absmax), scale, "{absmax}");
    }
    // A factor in [1, 2) off the ideal.
    for k in 1..500 {
        let absmax = 0.0137 * f64::from(k);
        let off = absmax / 4.0 / rule.scale(absmax);
        assert!((1.0..2.0).contains(&off), "{absmax}: {off}");
    }
}

#[test]
fn nvfp4_rounds_its_scale_to_e4m3() {
    let rule = BlockRule::new(BlockScale::E4m3, 6.0).unwrap();
    for (ratio, scale) in [
        (1.0, 1.0),
        (1.05, 1.0),
        (1.07, 1.125),
        // Ties to even: 1.0625 between 1 and 1.125, 1.1875 between 1.125 and 1.25.
        (1.0625, 1.0),
        (1.1875, 1.25),
        (1000.0, 448.0),
        (0.0, libm::exp2(-9.0)),
    ] {
        assert_eq!(rule.scale(6.0 * ratio), scale, "{ratio}");
    }
    assert!(BlockRule::new(BlockScale::E4m3, 0.0).is_err());
    assert!(BlockRule::new(BlockScale::E4m3, f64::NAN).is_err());
}
