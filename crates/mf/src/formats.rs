//! Scales beside the best one, for the table and the command of number formats.

/// Factors on the best scale at which xi is printed.
pub(crate) const OFF: [(&str, f64); 4] = [
    ("half", 0.5),
    ("tenth_below", 0.9),
    ("tenth_above", 1.1),
    ("double", 2.0),
];
