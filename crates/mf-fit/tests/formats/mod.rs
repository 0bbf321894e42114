//! Levels of number formats, built here from their definitions.

/// Magnitudes of a binary floating point format without infinities and NaN: subnormals, then normals, up to `most`.
fn magnitudes(exponent_bits: u32, mantissa_bits: u32, most: f64) -> Vec<f64> {
    let bias = (1 << (exponent_bits - 1)) - 1;
    let steps = 1u32 << mantissa_bits;
    let unit = |e: i32| libm::ldexp(1.0, e - bias);
    let mut values: Vec<f64> = (1..steps)
        .map(|m| f64::from(m) / f64::from(steps) * unit(1))
        .collect();
    for e in 1..(1 << exponent_bits) {
        values.extend((0..steps).map(|m| (1.0 + f64::from(m) / f64::from(steps)) * unit(e)));
    }
    values.retain(|value| *value <= most);
    values
}

/// Both signs and one zero.
fn symmetric(magnitudes: Vec<f64>) -> Vec<f64> {
    let negative = magnitudes.iter().rev().map(|x| -x);
    negative
        .chain([0.0])
        .chain(magnitudes.iter().copied())
        .collect()
}

/// FP4 E2M1 (OCP Microscaling Formats 1.0): +-{0, 0.5, 1, 1.5, 2, 3, 4, 6}.
pub(crate) fn fp4_e2m1() -> Vec<f64> {
    symmetric(magnitudes(2, 1, 6.0))
}

/// FP8 E4M3FN (OCP 8-bit floating point, OFP8): largest 448, no infinities.
pub(crate) fn fp8_e4m3fn() -> Vec<f64> {
    symmetric(magnitudes(4, 3, 448.0))
}

/// FP8 E5M2 (OFP8): largest 57344; the top exponent is infinities and NaN.
pub(crate) fn fp8_e5m2() -> Vec<f64> {
    symmetric(magnitudes(5, 2, 57344.0))
}

/// NF4 (Dettmers et al., "QLoRA", 2023, appendix E): 16 levels, not symmetric.
pub(crate) fn nf4() -> Vec<f64> {
    vec![
        -1.0,
        -0.6961928009986877,
        -0.5250730514526367,
        -0.39491748809814453,
        -0.28444138169288635,
        -0.18477343022823334,
        -0.09105003625154495,
        0.0,
        0.07958029955625534,
        0.16093020141124725,
        0.24611230194568634,
        0.33791524171829224,
        0.44070982933044434,
        0.5626170039176941,
        0.7229568362236023,
        1.0,
    ]
}
