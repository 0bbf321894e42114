//! Block scales against their specifications.
#![allow(clippy::unwrap_used, clippy::panic)]

use mf_core::block::{BLOCK_FORMATS, BlockRule, BlockScale, find_any};
use mf_core::quantizer::UnknownFormat;

#[test]
fn block_formats_have_the_elements_and_blocks_of_their_specifications() {
    let largest = [6.0, 7.5, 28.0, 448.0, 57344.0, 6.0];
    for (format, largest) in BLOCK_FORMATS.iter().zip(largest) {
        let element = format.element().unwrap().build().unwrap();
        assert_eq!(element.activation.levels().last(), Some(&largest));
        assert_eq!(format.block, if format.name == "nvfp4" { 16 } else { 32 });
    }
}

#[test]
fn names_find_formats_and_block_formats() {
    let int4 = find_any("INT4").unwrap();
    assert_eq!((int4.name(), int4.format.name), ("int4", "int4"));
    let mxfp6 = find_any("mxfp6_e2m3").unwrap();
    assert_eq!(
        (mxfp6.name(), mxfp6.format.name),
        ("mxfp6-e2m3", "fp6-e2m3")
    );
    assert_eq!(mxfp6.block.unwrap().block, 32);
}

#[test]
fn ambiguous_names_list_block_formats_too() {
    let ambiguous = |name: &str| match find_any(name) {
        Err(UnknownFormat::Ambiguous { candidates, .. }) => candidates,
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(ambiguous("mxfp8"), ["mxfp8-e4m3", "mxfp8-e5m2"]);
    assert_eq!(ambiguous("n"), ["nf4", "nvfp4"]);
    // The beginning of a name is not the name, and a slip is not one either.
    for (name, meant) in [
        ("nv", "nvfp4"),
        ("mxfp", "mxfp4"),
        ("nvfq4", "nvfp4"),
        ("imt4", "int4"),
    ] {
        let error = find_any(name).unwrap_err().to_string();
        assert!(error.contains(meant), "{error}");
    }
    assert!(find_any("").is_err());
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
