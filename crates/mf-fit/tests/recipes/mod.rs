//! The 69 numbers of states of the paper's figure 2.

/// N = 4, 6, ..., 62, 128, 256, 512, 1024 and 3, 5, ..., 63, 125, 255, 515, 1025.
pub(crate) fn states() -> Vec<u64> {
    let even = (4..=62).step_by(2).chain([128, 256, 512, 1024]);
    let odd = (3..=63).step_by(2).chain([125, 255, 515, 1025]);
    even.chain(odd).collect()
}

/// N + 1, the paper's regressor.
pub(crate) fn states_plus_one() -> Vec<f64> {
    states().iter().map(|n| *n as f64 + 1.0).collect()
}
